package org.bittern.tinytorrent.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.NetworkSettings.ProxyType;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.SessionChange;
import org.jspecify.annotations.Nullable;

/**
 * What TinyTorrent adds to {@code session-get} and {@code session-set}: the proxy, the watched
 * directory, and other names for Transmission's queues. Whoever sets a proxy sees all that we do,
 * so that needs the token. Thread-safe.
 */
final class SessionFields {
    /** Of the settings that need the token. */
    private static final String PROXY = "proxy-";

    /** Other names of flags. */
    private static final SortedMap<String, Setting<Boolean>> FLAGS =
            sorted(
                    Map.of(
                            "queue-download-enabled",
                            EngineSettings.DOWNLOAD_QUEUE_ENABLED,
                            "queue-seed-enabled",
                            EngineSettings.SEED_QUEUE_ENABLED,
                            "watch-dir-enabled",
                            EngineSettings.WATCH_DIR_ENABLED,
                            "proxy-auth-enabled",
                            NetworkSettings.PROXY_AUTH_ENABLED,
                            "proxy-peer-connections",
                            NetworkSettings.PROXY_PEER_CONNECTIONS));

    private static final SortedMap<String, Setting<Integer>> NUMBERS =
            sorted(
                    Map.of(
                            "queue-download-size", EngineSettings.DOWNLOAD_QUEUE_SIZE,
                            "queue-seed-size", EngineSettings.SEED_QUEUE_SIZE));

    private SessionFields() {}

    private static <T> SortedMap<String, T> sorted(Map<String, T> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    static Map<String, Function<Engine, @Nullable Object>> readable() {
        Map<String, Function<Engine, @Nullable Object>> fields = new LinkedHashMap<>();
        FLAGS.forEach((name, setting) -> fields.put(name, shown(setting)));
        NUMBERS.forEach((name, setting) -> fields.put(name, shown(setting)));
        fields.put("watch-dir", shown(EngineSettings.WATCH_DIR));
        fields.put("proxy-type", engine -> number(value(engine, NetworkSettings.PROXY_TYPE)));
        fields.put("proxy-url", shown(NetworkSettings.PROXY_URL));
        fields.put("proxy-username", shown(NetworkSettings.PROXY_USERNAME));
        fields.put(
                "proxy-password",
                engine ->
                        value(engine, NetworkSettings.PROXY_PASSWORD).isEmpty()
                                ? null
                                : Setting.REDACTED);
        return fields;
    }

    /** The same numbers as libtorrent's. */
    private static int number(ProxyType type) {
        return switch (type) {
            case NONE -> 0;
            case SOCKS4 -> 1;
            case SOCKS5 -> 2;
            case SOCKS5_PASSWORD -> 3;
            case HTTP -> 4;
            case HTTP_PASSWORD -> 5;
        };
    }

    private static Function<Engine, @Nullable Object> shown(Setting<?> setting) {
        return engine -> value(engine, setting);
    }

    private static <T> T value(Engine engine, Setting<T> setting) {
        return engine.settings().get(setting);
    }

    /** Reads what is to be changed. */
    static void set(RpcRequest request, SessionChange change) throws RpcException {
        Arguments arguments = request.arguments();
        SessionChange allowed = request.trusted() ? change : new Untrusted(change);
        for (Map.Entry<String, Setting<Boolean>> flag : FLAGS.entrySet()) {
            if (given(arguments, flag.getKey())) {
                allowed.set(flag.getValue(), Values.flag(arguments, flag.getKey()));
            }
        }
        for (Map.Entry<String, Setting<Integer>> number : NUMBERS.entrySet()) {
            if (given(arguments, number.getKey())) {
                allowed.set(
                        number.getValue(),
                        Values.number(arguments, number.getKey(), number.getValue()));
            }
        }
        if (given(arguments, "watch-dir")) {
            String directory = Values.directory(arguments, "watch-dir");
            allowed.set(
                    EngineSettings.WATCH_DIR, Values.parsed(EngineSettings.WATCH_DIR, directory));
        }
        proxy(arguments, allowed);
    }

    private static boolean given(Arguments arguments, String name) {
        return arguments.has(Values.snake(name));
    }

    private static void proxy(Arguments arguments, SessionChange change) throws RpcException {
        if (given(arguments, "proxy-type")) {
            ProxyType type = Values.number(arguments, "proxy-type", NetworkSettings.PROXY_TYPE);
            change.set(NetworkSettings.PROXY_TYPE, type);
        }
        if (given(arguments, "proxy-url")) {
            String url = Values.text(arguments, "proxy-url");
            if (url.contains("@")) {
                throw Values.wrong("proxy-url must not hold a user name or password");
            }
            change.set(NetworkSettings.PROXY_URL, Values.parsed(NetworkSettings.PROXY_URL, url));
        }
        if (given(arguments, "proxy-username")) {
            String name = Values.text(arguments, "proxy-username");
            change.set(
                    NetworkSettings.PROXY_USERNAME,
                    Values.parsed(NetworkSettings.PROXY_USERNAME, name));
        }
        // What session-get shows in its place leaves it as it is.
        if (arguments.raw("proxy_password") != null) {
            String password = Values.text(arguments, "proxy-password");
            if (!password.equals(Setting.REDACTED)) {
                change.set(
                        NetworkSettings.PROXY_PASSWORD,
                        Values.parsed(NetworkSettings.PROXY_PASSWORD, password));
            }
        }
    }

    /**
     * The change of a caller without the token: clients write back the settings that they were
     * shown, and a proxy is among them, so what is as it was does not count. Owned by the thread of
     * the call.
     */
    private record Untrusted(SessionChange change) implements SessionChange {
        @Override
        public Settings present() {
            return change.present();
        }

        @Override
        public <T> void set(Setting<T> key, T value) throws RpcException {
            if (!key.name().startsWith(PROXY)) {
                change.set(key, value);
            } else if (key.isSecret() || !value.equals(present().get(key))) {
                // A secret that is refused only when it is wrong could be guessed.
                throw new RpcException(
                        RpcError.SYSTEM,
                        Problem.PERMISSION_DENIED.text() + ": a proxy is set with the token only");
            }
        }
    }
}
