package org.bittern.engine.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.NetworkSettings.ProxyType;
import org.bittern.api.engine.Settings;
import org.bittern.spi.net.ProxyServer;
import org.jspecify.annotations.Nullable;

/** Reads the settings that name a proxy. */
final class ProxySettings {
    /** Names of the settings after whose change nothing of before may go on. */
    static final Set<String> NAMES =
            Set.of(
                    NetworkSettings.PROXY_TYPE.name(),
                    NetworkSettings.PROXY_URL.name(),
                    NetworkSettings.PROXY_AUTH_ENABLED.name(),
                    NetworkSettings.PROXY_USERNAME.name(),
                    NetworkSettings.PROXY_PASSWORD.name(),
                    NetworkSettings.PROXY_PEER_CONNECTIONS.name(),
                    NetworkSettings.PROXY_INCOMING_CONNECTIONS.name());

    private static final Pattern URL =
            Pattern.compile(
                    "(?:([A-Za-z0-9]+)://)?(?:\\[([0-9A-Fa-f:.]+)\\]|([^\\s:/@\\[\\]]+)):(\\d{1,5})/?");
    private static final int MAX_LOGIN_BYTES = 255;
    private static final int MAX_PORT = 65_535;

    private ProxySettings() {}

    /**
     * The proxy that the settings name.
     *
     * @throws EngineException INVALID_ARGUMENT: what is wrong, without the login
     */
    static Optional<ProxyServer> of(Settings settings) {
        ProxyType type = settings.get(NetworkSettings.PROXY_TYPE);
        if (type == ProxyType.NONE) {
            return Optional.empty();
        }
        ProxyServer.Kind kind =
                switch (type) {
                    case NONE, SOCKS4 -> ProxyServer.Kind.SOCKS4;
                    case SOCKS5, SOCKS5_PASSWORD -> ProxyServer.Kind.SOCKS5;
                    case HTTP, HTTP_PASSWORD -> ProxyServer.Kind.HTTP;
                };
        Address address = Address.of(settings.get(NetworkSettings.PROXY_URL));
        if (!fits(kind, address.scheme())) {
            throw wrong("the scheme does not fit the type of the proxy");
        }
        return Optional.of(
                new ProxyServer(kind, address.host(), address.port(), login(settings, type)));
    }

    /**
     * Checks a change. Where a proxy would be is checked when it is named, not when it is first
     * used; what has been stored for long may stay while it is not used.
     *
     * @throws EngineException INVALID_ARGUMENT: what is wrong, without the login
     */
    static void check(Settings before, Settings after) {
        of(after);
        String url = after.get(NetworkSettings.PROXY_URL);
        if (url.isBlank() || url.equals(before.get(NetworkSettings.PROXY_URL))) {
            return;
        }
        @Nullable String scheme = Address.of(url).scheme();
        if (Arrays.stream(ProxyServer.Kind.values()).noneMatch(kind -> fits(kind, scheme))) {
            throw wrong("the scheme is that of no proxy: socks4, socks5, http are allowed");
        }
    }

    private static boolean fits(ProxyServer.Kind kind, @Nullable String scheme) {
        String wanted = kind.name().toLowerCase(Locale.ROOT);
        return scheme == null
                || scheme.equalsIgnoreCase(wanted)
                || (scheme.equalsIgnoreCase(wanted + "a") && wanted.equals("socks4"))
                || (scheme.equalsIgnoreCase(wanted + "h") && wanted.equals("socks5"));
    }

    private static Optional<ProxyServer.Login> login(Settings settings, ProxyType type) {
        boolean offered =
                settings.get(NetworkSettings.PROXY_AUTH_ENABLED)
                        || type == ProxyType.SOCKS5_PASSWORD
                        || type == ProxyType.HTTP_PASSWORD;
        if (!offered) {
            return Optional.empty();
        }
        String user = settings.get(NetworkSettings.PROXY_USERNAME);
        String password = settings.get(NetworkSettings.PROXY_PASSWORD);
        if (bytes(user) > MAX_LOGIN_BYTES || bytes(password) > MAX_LOGIN_BYTES) {
            throw new EngineException(
                    EngineException.Code.INVALID_ARGUMENT,
                    "a user name or password for a proxy has at most 255 bytes");
        }
        return Optional.of(new ProxyServer.Login(user, password));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Peers go through a proxy. */
    static boolean coversPeers(Settings settings) {
        return settings.get(NetworkSettings.PROXY_TYPE) != ProxyType.NONE
                && settings.get(NetworkSettings.PROXY_PEER_CONNECTIONS);
    }

    /** Datagrams reach peers: straight, or through a proxy that carries them. */
    static boolean letsDatagramsThrough(Settings settings) {
        return !coversPeers(settings)
                || of(settings).map(ProxyServer::carriesDatagrams).orElse(false);
    }

    /** Peers may dial us. */
    static boolean listens(Settings settings) {
        return !coversPeers(settings) || settings.get(NetworkSettings.PROXY_INCOMING_CONNECTIONS);
    }

    /**
     * The parts of a URL.
     *
     * @param scheme null when there is none
     */
    private record Address(@Nullable String scheme, String host, int port) {
        static Address of(String url) {
            Matcher parts = URL.matcher(url.strip());
            if (!parts.matches()) {
                throw wrong("host:port is needed, an IPv6 address in brackets, no user name");
            }
            int port = Integer.parseInt(parts.group(4));
            if (port < 1 || port > MAX_PORT) {
                throw wrong("port %d, 1 to %d is allowed".formatted(port, MAX_PORT));
            }
            String host = parts.group(2) == null ? parts.group(3) : parts.group(2);
            return new Address(parts.group(1), host, port);
        }
    }

    private static EngineException wrong(String message) {
        return new EngineException(
                EngineException.Code.INVALID_ARGUMENT,
                NetworkSettings.PROXY_URL.name() + ": " + message);
    }
}
