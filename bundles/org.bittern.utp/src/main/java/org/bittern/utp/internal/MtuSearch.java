package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/**
 * Finds the largest datagram that gets through (after RFC 8899). Owned by its stream.
 *
 * <p>A size is tried out with a packet of the stream that is filled up to it with extensions that
 * nobody knows and everybody skips (BEP 29). So a receiver whose buffer is too small, and which
 * would take the rest of a cut datagram for the whole, finds a broken list of extensions and drops
 * it; and the same packet can be sent again without the filling. Only after an ack are payloads of
 * that size sent.
 */
final class MtuSearch {
    /** Every path is assumed to carry this; with IP and UDP headers 1228 or 1248 bytes. */
    static final int BASE_BYTES = 1_200;

    /** What is used when even the base does not seem to get through: IPv4 promises 576 bytes. */
    static final int LEAST_BYTES = 548;

    /** Ethernet without headers of IPv4 and UDP. */
    static final int ETHERNET_BYTES = 1_472;

    /** Bytes that IPv6 needs more for its header. */
    private static final int V6_BYTES = 20;

    /** Ethernet through a VPN, PPPoE, plain; jumbo frames; loopback in two steps. */
    private static final int[] STEPS = {1_372, 1_464, ETHERNET_BYTES, 8_972, 16_384, 65_507};

    private static final int TRIES = 2;
    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final int headerBytes;
    private int proven = BASE_BYTES;
    private int ceiling = Integer.MAX_VALUE; // the least size that did not get through
    private int probed; // size under way, 0 = none
    private int losses; // of the size that is being tried
    private long failedNanos;

    /**
     * @param v6 the packets go over IPv6
     */
    MtuSearch(boolean v6) {
        headerBytes = v6 ? V6_BYTES : 0;
    }

    /** Largest datagram to send, in bytes of UDP payload. */
    int datagramBytes() {
        return proven;
    }

    /** The next size to try; 0 when there is none now. */
    int next(long nowNanos) {
        if (probed != 0) {
            return 0;
        }
        if (ceiling != Integer.MAX_VALUE && nowNanos - failedNanos >= AGAIN_NANOS) {
            ceiling = Integer.MAX_VALUE;
        }
        if (proven < BASE_BYTES) {
            return BASE_BYTES < ceiling ? BASE_BYTES : 0;
        }
        int best = 0;
        for (int step : STEPS) {
            int size = step - headerBytes;
            // Up to Ethernet the largest one first, since it is the most likely; then step by step.
            if (size > proven && size < ceiling && (best == 0 || step <= ETHERNET_BYTES)) {
                best = size;
            }
        }
        return best;
    }

    /** A size is under way. */
    void probing(int bytes) {
        probed = bytes;
    }

    /** It got through. */
    void passed(int bytes) {
        if (bytes == probed) {
            probed = 0;
            losses = 0;
        }
        proven = Math.max(proven, bytes);
    }

    /** The probe got lost; perhaps because of its size. */
    void lost(int bytes, long nowNanos) {
        if (bytes == probed) {
            probed = 0;
            if (++losses >= TRIES) {
                tooLarge(bytes, nowNanos);
            }
        }
    }

    /** This size cannot even leave this machine. */
    void tooLarge(int bytes, long nowNanos) {
        probed = 0;
        losses = 0;
        ceiling = bytes;
        failedNanos = nowNanos;
    }

    /**
     * Nothing gets through any more: the path may have changed, or the other side was only slow. So
     * the search begins anew with small packets (RFC 8899, sections 4.3 and 5.2); sizes that have
     * been too large before still are.
     */
    void blackHole() {
        proven = proven > BASE_BYTES ? BASE_BYTES : LEAST_BYTES;
        probed = 0;
        losses = 0;
    }
}
