package org.bittern.web.internal;

import java.net.InetAddress;

/** Which addresses may call. Immutable. */
final class Addresses {
    private final boolean enabled;
    private final Wildcards list;
    private final boolean loopback;

    Addresses(boolean enabled, String list) {
        this.enabled = enabled;
        this.list = new Wildcards(list);
        // 127.0.0.1 on the list stands for all of 127/8: they are the same machine.
        loopback = this.list.match("127.0.0.1");
    }

    boolean allow(InetAddress address) {
        return !enabled
                || list.match(text(address))
                || (loopback && address.isLoopbackAddress() && address.getAddress().length == 4);
    }

    /** Without zone, and IPv6 in the short form that people write. */
    static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        return compressed(bytes);
    }

    /** RFC 5952: the longest run of zero groups is left out. */
    private static String compressed(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
        }
        int begin = -1;
        int longest = 1; // one group alone is not left out
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                begin = i;
                longest = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == begin) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
