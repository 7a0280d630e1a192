package org.bittern.web.internal;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which values of the header {@code Host} are answered. A page that points its own name to this
 * machine (DNS rebinding) is told apart by the name, which it cannot forge. Immutable.
 */
final class HostNames {
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[0-9a-fA-F:.]{2,45}]|[^\\[\\]:/@\\s]{1,255})(?::(\\d{1,5}))?");
    private static final Pattern V4 =
            Pattern.compile("(\\d{1,3})\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private final boolean enabled;
    private final Wildcards list;

    HostNames(boolean enabled, String list) {
        this.enabled = enabled;
        this.list = new Wildcards(list);
    }

    /** Transmission's rule: any port; any IP literal, as names alone can be rebound. */
    boolean classic(String host) {
        if (!enabled) {
            return true;
        }
        Matcher authority = AUTHORITY.matcher(host);
        if (!authority.matches()) {
            return false;
        }
        String name = authority.group(1).toLowerCase(Locale.ROOT);
        return isLocal(name) || isLiteral(name) || list.match(name);
    }

    /**
     * The rule of all others: our own port if any, and a local name, the very address that was
     * called, or a name of the list (with any port: a proxy stands before it).
     */
    boolean strict(String host, InetAddress called, int port) {
        Matcher authority = AUTHORITY.matcher(host);
        if (!authority.matches()) {
            return false;
        }
        String name = authority.group(1).toLowerCase(Locale.ROOT);
        if (list.match(name)) {
            return true;
        }
        boolean ownPort =
                Optional.ofNullable(authority.group(2))
                        .map(digits -> Integer.parseInt(digits) == port)
                        .orElse(true);
        return ownPort && (isLocal(name) || name.equals(literal(called)));
    }

    private static boolean isLocal(String name) {
        Matcher v4 = V4.matcher(name);
        return name.equals("localhost")
                || name.equals("localhost.")
                || name.equals("[::1]")
                || (v4.matches() && v4.group(1).equals("127"));
    }

    private static boolean isLiteral(String name) {
        return name.startsWith("[") || V4.matcher(name).matches();
    }

    private static String literal(InetAddress address) {
        String text = Addresses.text(address);
        return address.getAddress().length == 4 ? text : "[" + text + "]";
    }
}
