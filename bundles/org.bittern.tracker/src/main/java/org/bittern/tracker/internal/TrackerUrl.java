package org.bittern.tracker.internal;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a tracker as it stands in torrents, which is looser than RFC 3986: what a URL must
 * not contain is escaped, so that nothing in it can end a line of a request.
 *
 * @param host a name in lower case or a literal address, IPv6 without brackets
 * @param port 1 to 65535
 * @param target path and query, beginning with a slash; printable ASCII without spaces
 * @param userInfo {@code name:password}, or empty
 */
record TrackerUrl(Scheme scheme, String host, int port, String target, String userInfo) {
    private static final int MAX_CHARS = 4096;
    private static final int MAX_HOST_CHARS = 253;
    private static final int MAX_PORT = 65_535;

    private static final Pattern PARTS =
            Pattern.compile(
                    "(?i)(https?|udp)://(?:([^/?#@]*)@)?(\\[[^\\]/?#]*\\]|[^:/?#@\\[\\]]*)(?::(\\d{0,5}))?"
                            + "([/?][^#]*)?(?:#.*)?",
                    Pattern.DOTALL);

    private static final Pattern HOST =
            Pattern.compile("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*(%\\w+)?");

    /** The protocols that we speak. */
    enum Scheme {
        HTTP(80),
        HTTPS(443),
        UDP(0);

        private final int defaultPort; // 0: none

        Scheme(int defaultPort) {
            this.defaultPort = defaultPort;
        }

        boolean isHttp() {
            return this != UDP;
        }
    }

    /**
     * Reads a URL.
     *
     * @throws TrackerException it is none, or none that we speak
     */
    static TrackerUrl parse(String text) throws TrackerException {
        if (text.length() > MAX_CHARS) {
            throw new TrackerException("URL of more than " + MAX_CHARS + " characters");
        }
        Matcher parts = PARTS.matcher(text.strip());
        if (!parts.matches()) {
            throw new TrackerException("no http, https or udp URL");
        }
        Scheme scheme = Scheme.valueOf(group(parts, 1).toUpperCase(Locale.ROOT));
        String host = host(group(parts, 3));
        String digits = group(parts, 4);
        int port = digits.isEmpty() ? scheme.defaultPort : Integer.parseInt(digits);
        if (port < 1 || port > MAX_PORT) {
            throw new TrackerException("port %d, 1 to %d is allowed".formatted(port, MAX_PORT));
        }
        String target = escaped(group(parts, 5));
        String rooted = target.startsWith("/") ? target : "/" + target;
        return new TrackerUrl(scheme, host, port, rooted, group(parts, 2));
    }

    private static String group(Matcher parts, int number) {
        String group = parts.group(number);
        return group == null ? "" : group;
    }

    private static String host(String text) throws TrackerException {
        boolean bracketed = text.startsWith("[");
        String plain = bracketed ? text.substring(1, text.length() - 1) : ascii(text);
        String host = plain.toLowerCase(Locale.ROOT);
        if (!HOST.matcher(host).matches()
                || bracketed != host.contains(":")
                || host.length() > MAX_HOST_CHARS) {
            throw new TrackerException("no usable host name in the URL");
        }
        return host;
    }

    private static String ascii(String name) throws TrackerException {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            throw new TrackerException("no usable host name in the URL", e);
        }
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7f || "\"<>\\^`{|}".indexOf(b) >= 0) {
                out.append("%%%02X".formatted(b));
            } else {
                out.append((char) b);
            }
        }
        return out.toString();
    }

    /**
     * Reads the target of a redirect.
     *
     * @param location absolute or relative (RFC 9110, 10.2.2)
     * @throws TrackerException it is no http or https URL
     */
    TrackerUrl redirected(String location) throws TrackerException {
        String base = scheme.name().toLowerCase(Locale.ROOT) + ":";
        TrackerUrl to;
        if (location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            to = parse(location);
        } else if (location.startsWith("//")) {
            to = parse(base + location);
        } else if (location.startsWith("/")) {
            to = parse(base + "//" + authority() + location);
        } else {
            String path = path();
            String directory = path.substring(0, path.lastIndexOf('/') + 1);
            to = parse(base + "//" + authority() + directory + location);
        }
        if (!to.scheme.isHttp()) {
            throw new TrackerException("redirect to something other than http or https");
        }
        boolean sameServer = to.scheme == scheme && to.host.equals(host) && to.port == port;
        return to.withUserInfo(sameServer ? userInfo : "");
    }

    private TrackerUrl withUserInfo(String other) {
        return new TrackerUrl(scheme, host, port, target, other);
    }

    /** Host, and port unless it is the usual one: the Host field of a request. */
    String authority() {
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return port == scheme.defaultPort ? bracketed : bracketed + ":" + port;
    }

    /** The path without the query. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /**
     * The target with more parameters at the end of its query.
     *
     * @param parameters {@code a=1&b=2}
     */
    String targetWith(String parameters) {
        if (target.indexOf('?') < 0) {
            return target + "?" + parameters;
        }
        boolean open = target.endsWith("?") || target.endsWith("&");
        return target + (open ? "" : "&") + parameters;
    }

    /** Whether the last part of the path begins with "announce". */
    boolean isAnnounce() {
        String path = path();
        return path.startsWith("announce", path.lastIndexOf('/') + 1);
    }

    /** The URL for scrapes, if the tracker has one (BEP 48). UDP has the same for both. */
    Optional<TrackerUrl> scrape() {
        if (!scheme.isHttp()) {
            return Optional.of(this);
        }
        if (!isAnnounce()) {
            return Optional.empty();
        }
        int last = path().lastIndexOf('/') + 1;
        String other =
                target.substring(0, last) + "scrape" + target.substring(last + "announce".length());
        return Optional.of(new TrackerUrl(scheme, host, port, other, userInfo));
    }

    /** Without path, query and user, where passkeys are: fit for logs. */
    @Override
    public String toString() {
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return scheme.name().toLowerCase(Locale.ROOT) + "://" + bracketed + ":" + port;
    }
}
