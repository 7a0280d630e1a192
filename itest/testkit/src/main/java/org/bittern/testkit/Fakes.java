package org.bittern.testkit;

import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stands in for interfaces of which a test needs a few methods. */
public final class Fakes {
    private Fakes() {}

    /** What a method returns; throws for those that are not expected. */
    @FunctionalInterface
    public interface Answers {
        /**
         * Answers a call.
         *
         * @param arguments of the call, empty when there are none
         */
        @Nullable Object to(String method, Object[] arguments);
    }

    /**
     * An object of this type.
     *
     * @param answers what a method returns, by its name; throws for those that are not expected
     */
    public static <T> T fake(Class<T> type, Function<String, @Nullable Object> answers) {
        return fake(type, (method, _) -> answers.apply(method));
    }

    /** The same for methods whose answer depends on what they are given. */
    public static <T> T fake(Class<T> type, Answers answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) ->
                                answers.to(
                                        method.getName(),
                                        arguments == null ? new Object[0] : arguments)));
    }
}
