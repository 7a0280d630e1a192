package org.bittern.spi.net;

import java.util.Optional;

/**
 * A server that connects on our behalf.
 *
 * @param host name or literal address; a name is looked up by this machine
 * @param login empty: none is offered
 */
public record ProxyServer(Kind kind, String host, int port, Optional<Login> login) {
    private static final int MAX_PORT = 65_535;

    public ProxyServer {
        if (host.isEmpty() || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("proxy " + host + " port " + port);
        }
    }

    /** What it speaks. */
    public enum Kind {
        /** SOCKS 4, and 4a for names; IPv4 only, the login is a name without password. */
        SOCKS4,
        /** RFC 1928 and 1929: names, IPv6, UDP. */
        SOCKS5,
        /** CONNECT of RFC 9110, basic authentication. */
        HTTP
    }

    /** Who we are there. Prints without the password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user + ":<redacted>";
        }
    }

    /** True when datagrams can go through it. */
    public boolean carriesDatagrams() {
        return kind == Kind.SOCKS5;
    }

    /** Without the login: fit for logs. */
    @Override
    public String toString() {
        return "%s %s port %d".formatted(kind, host, port);
    }
}
