package org.bittern.transmission.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bittern.rpc.RpcMethod;

/** Our methods and those that other bundles add. Thread-safe. */
final class Methods {
    private final Map<String, RpcMethod> own;
    private final List<RpcMethod> added = new CopyOnWriteArrayList<>();

    Methods(List<RpcMethod> own) {
        this.own = own.stream().collect(Collectors.toMap(RpcMethod::name, Function.identity()));
    }

    void add(RpcMethod method) {
        added.add(method);
    }

    void remove(RpcMethod method) {
        added.remove(method);
    }

    /** Ours come first: nobody replaces them. */
    Optional<RpcMethod> named(String snake) {
        RpcMethod method = own.get(snake);
        return method != null
                ? Optional.of(method)
                : added.stream().filter(other -> other.name().equals(snake)).findFirst();
    }
}
