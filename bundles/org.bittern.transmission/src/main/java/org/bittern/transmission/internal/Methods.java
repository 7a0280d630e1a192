package org.bittern.transmission.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bittern.rpc.RpcMethod;
import org.jspecify.annotations.Nullable;

/** Our methods and those that other bundles add. Thread-safe. */
final class Methods {
    private final Supplier<List<RpcMethod>> ours;
    private final List<RpcMethod> added = new CopyOnWriteArrayList<>();
    private @Nullable Map<String, RpcMethod> own; // null before the first call

    /**
     * @param ours is asked at the first call: a start need not wait until they are put together
     */
    Methods(Supplier<List<RpcMethod>> ours) {
        this.ours = ours;
    }

    private synchronized Map<String, RpcMethod> own() {
        Map<String, RpcMethod> known = own;
        if (known == null) {
            known =
                    ours.get().stream()
                            .collect(Collectors.toMap(RpcMethod::name, Function.identity()));
            own = known;
        }
        return known;
    }

    void add(RpcMethod method) {
        added.add(method);
    }

    void remove(RpcMethod method) {
        added.remove(method);
    }

    /** Ours come first: nobody replaces them. */
    Optional<RpcMethod> named(String snake) {
        RpcMethod method = own().get(snake);
        return method != null
                ? Optional.of(method)
                : added.stream().filter(other -> other.name().equals(snake)).findFirst();
    }
}
