package org.bittern.tracker.internal;

import java.net.InetAddress;

/** Answers of UDP trackers (BEP 15). */
public final class UdpTrackerTarget {
    private static final InetAddress V4 = InetAddress.ofLiteral("203.0.113.1");
    private static final InetAddress V6 = InetAddress.ofLiteral("2001:db8::1");

    private UdpTrackerTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < UdpMessages.MIN_BYTES || !UdpMessages.isWhole(input)) {
            return;
        }
        switch (UdpMessages.action(input)) {
            case UdpMessages.CONNECT -> {
                long ignored = UdpMessages.connection(input);
            }
            case UdpMessages.ANNOUNCE -> {
                String _ = UdpMessages.announced(input, V4).toString();
                String _ = UdpMessages.announced(input, V6).toString();
            }
            case UdpMessages.SCRAPE -> {
                String ignored = UdpMessages.scraped(input).toString();
            }
            default -> {
                if (UdpMessages.error(input).contains("\n")) {
                    throw new AssertionError("more than one line");
                }
            }
        }
    }
}
