package org.bittern.testkit;

import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stands in for interfaces of which a test needs a few methods. */
public final class Fakes {
    private Fakes() {}

    /**
     * An object of this type.
     *
     * @param answers what a method returns, by its name; throws for those that are not expected
     */
    public static <T> T fake(Class<T> type, Function<String, @Nullable Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) -> answers.apply(method.getName())));
    }
}
