package org.bittern.metainfo;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host as someone wrote it, not resolved, and a port.
 *
 * @param host a name or a literal address; IPv6 without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final int MAX_HOST_CHARS = 253;
    private static final int MAX_PORT = 65_535;
    private static final Pattern NAME =
            Pattern.compile("[\\p{Alnum}_]([\\p{Alnum}_.-]*[\\p{Alnum}_.])?");
    private static final Pattern IPV6 =
            Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%\\p{Alnum}+)?");

    public HostPort {
        if (!isHost(host) || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "address \"%s\" port %d; a host and 1 to 65535 are expected"
                            .formatted(Printable.of(host), port));
        }
    }

    private static boolean isHost(String host) {
        return host.length() <= MAX_HOST_CHARS
                && (NAME.matcher(host).matches() || IPV6.matcher(host).matches());
    }

    /** The address if it is one; hosts may be anything strangers send. */
    static Optional<HostPort> of(String host, long port) {
        return isHost(host) && port >= 1 && port <= MAX_PORT
                ? Optional.of(new HostPort(host, (int) port))
                : Optional.empty();
    }

    /**
     * Reads {@code host:port}, {@code 1.2.3.4:port} or {@code [v6]:port}; empty if it is none of
     * them.
     */
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean digits =
                !port.isEmpty()
                        && port.length() <= 5
                        && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && bracketed == host.contains(":")
                ? of(host, Integer.parseInt(port))
                : Optional.empty();
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
