package org.bittern.spi.net;

import java.net.IDN;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL of the web as torrents and servers write it, which is looser than RFC 3986: what a URL must
 * not contain is escaped, so that nothing in it can end a line of a request; names of hosts may be
 * of any script, and with {@code _}. User names are refused, fragments dropped. Immutable.
 *
 * @param secure https
 * @param host a name in lower case, ASCII, or a literal address, IPv6 without brackets
 * @param port 1 to 65535
 * @param target path and query, begins with a slash; printable ASCII without spaces
 */
public record HttpUrl(boolean secure, String host, int port, String target) {
    private static final int MAX_CHARS = 8192;
    private static final int MAX_HOST_CHARS = 253;
    private static final int MAX_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final String FORBIDDEN = "\"<>[\\]^`{|}";

    private static final Pattern SCHEME = Pattern.compile("(?is)[a-z][a-z0-9+.-]*:.*");
    private static final Pattern WEB = Pattern.compile("(?is)https?:.*");

    private static final Pattern PARTS =
            Pattern.compile(
                    "(?is)http(s?)://(\\[[^\\]/?#]*\\]|[^:/?#@\\[\\]]*)(?::(\\d{0,5}))?"
                            + "([/?][^#]*)?(?:#.*)?");

    private static final Pattern HOST =
            Pattern.compile("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*(%\\w+)?");

    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");

    /**
     * Reads a URL.
     *
     * @throws MalformedURLException it is none of http or https with a host; one line, fit for
     *     users
     */
    public static HttpUrl parse(String text) throws MalformedURLException {
        if (text.length() > MAX_CHARS) {
            throw new MalformedURLException("URL of more than " + MAX_CHARS + " characters");
        }
        String url = text.strip();
        if (!WEB.matcher(url).matches()) {
            throw new MalformedURLException("only http and https URLs are fetched");
        }
        Matcher parts = PARTS.matcher(url);
        if (!parts.matches()) {
            throw new MalformedURLException("a URL with a host and without a user name is needed");
        }
        boolean secure = !group(parts, 1).isEmpty();
        String host = host(group(parts, 2));
        String digits = group(parts, 3);
        int port = digits.isEmpty() ? usualPort(secure) : Integer.parseInt(digits);
        if (port < 1 || port > MAX_PORT) {
            throw new MalformedURLException(
                    "port %d, up to %d are allowed".formatted(port, MAX_PORT));
        }
        String target = escaped(group(parts, 4));
        return new HttpUrl(secure, host, port, target.startsWith("/") ? target : "/" + target);
    }

    private static String group(Matcher parts, int number) {
        String group = parts.group(number);
        return group == null ? "" : group;
    }

    private static String host(String text) throws MalformedURLException {
        boolean bracketed = text.startsWith("[");
        String plain = bracketed ? text.substring(1, text.length() - 1) : ascii(text);
        String host = plain.toLowerCase(Locale.ROOT);
        if (host.length() > MAX_HOST_CHARS
                || !HOST.matcher(host).matches()
                || bracketed != host.contains(":")) {
            throw new MalformedURLException("no usable host name in the URL");
        }
        return host;
    }

    private static String ascii(String name) throws MalformedURLException {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException _) {
            throw new MalformedURLException("no usable host name in the URL");
        }
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        String whole = LONE_PERCENT.matcher(text).replaceAll("%25");
        for (byte b : whole.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7f || FORBIDDEN.indexOf(b) >= 0) { // b < 0: not ASCII
                out.append("%%%02X".formatted(b));
            } else {
                out.append((char) b);
            }
        }
        return out.toString();
    }

    private static int usualPort(boolean secure) {
        return secure ? HTTPS_PORT : HTTP_PORT;
    }

    /**
     * Reads where a redirect leads (RFC 9110, 10.2.2; RFC 3986, 5.2).
     *
     * @param location absolute or relative
     * @throws MalformedURLException it leads to no URL of http or https
     */
    public HttpUrl redirected(String location) throws MalformedURLException {
        String to = location.strip();
        if (SCHEME.matcher(to).matches()) {
            return parse(to);
        }
        String scheme = secure ? "https:" : "http:";
        if (to.startsWith("//")) {
            return parse(scheme + to);
        }
        String path = path();
        String directory = path.substring(0, path.lastIndexOf('/') + 1);
        HttpUrl next;
        if (to.startsWith("/")) {
            next = parse(scheme + "//" + authority() + to);
        } else if (to.startsWith("?")) {
            next = parse(scheme + "//" + authority() + path + to);
        } else {
            next = parse(scheme + "//" + authority() + directory + to);
        }
        return new HttpUrl(secure, host, port, next.flatTarget());
    }

    /** The target without the steps {@code .} and {@code ..} in its path. */
    private String flatTarget() {
        String path = path();
        String[] steps = path.split("/", -1); // nothing is before the first slash
        List<String> kept = new ArrayList<>();
        for (int i = 1; i < steps.length; i++) {
            boolean up = steps[i].equals("..");
            if (up && !kept.isEmpty()) {
                kept.removeLast();
            }
            boolean step = !up && !steps[i].equals(".");
            if (step || i == steps.length - 1) {
                kept.add(step ? steps[i] : "");
            }
        }
        return "/" + String.join("/", kept) + target.substring(path.length());
    }

    private String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Whether there is a query, be it an empty one. */
    public boolean hasQuery() {
        return target.indexOf('?') >= 0;
    }

    /** Host, and port unless it is the usual one: the Host field of a request. */
    public String authority() {
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return port == usualPort(secure) ? bracketed : bracketed + ":" + port;
    }

    /** Whether both are at the same scheme, host and port. */
    public boolean isSameServer(HttpUrl other) {
        return secure == other.secure && host.equals(other.host) && port == other.port;
    }
}
