package org.bittern.utp.internal;

/**
 * How many bytes may be under way: the congestion control of uTP (BEP 29; RFC 6817). Owned by its
 * stream.
 *
 * <p>It wants its packets to wait 100 ms in the queues on their way, no more. Below that the window
 * grows, above it shrinks, both in proportion to the distance, so that another connection that
 * fills a queue makes this one give way. At the beginning and after a silence it doubles each round
 * trip until the queue is noticed. A lost packet halves it, at most once for what was under way.
 */
final class Ledbat {
    static final int TARGET_MICROS = 100_000;

    /**
     * Growth per round trip while nothing waits in queues, at least; two packets if that is more.
     */
    static final int GAIN_BYTES = 3_000;

    /** More would only fill buffers: 40 MB/s at a round trip of 100 ms. */
    static final int MOST_BYTES = 4 << 20;

    private static final int FIRST_PACKETS = 4;
    private static final int GAIN_PACKETS = 2;

    private double window;
    private double threshold = MOST_BYTES;
    private boolean slowStart = true;

    /**
     * @param packetBytes payload of a full packet
     */
    Ledbat(int packetBytes) {
        window = FIRST_PACKETS * packetBytes;
    }

    /** Bytes that may be under way. */
    int window() {
        return (int) window;
    }

    /**
     * Bytes were acked.
     *
     * @param queueMicros how long packets wait in queues, -1 = unknown
     * @param packetBytes payload of a full packet
     * @param limited whether the window was what kept us from sending more; else it says nothing
     */
    void acked(int bytes, int queueMicros, int packetBytes, boolean limited) {
        if (slowStart && (queueMicros > TARGET_MICROS * 9 / 10 || window >= threshold)) {
            slowStart = false;
            threshold = window;
        }
        if (slowStart) {
            if (limited) {
                window += bytes;
            }
        } else {
            double off = (TARGET_MICROS - Math.max(0, queueMicros)) / (double) TARGET_MICROS;
            double part = Math.min(1, bytes / window);
            double gain = Math.max(GAIN_BYTES, GAIN_PACKETS * packetBytes);
            double change = gain * Math.max(-1, off) * part;
            if (limited || change < 0) {
                window += change;
            }
        }
        clamp(packetBytes);
    }

    /** A packet was lost, and none of those that were sent with it had been counted as lost. */
    void lost(int packetBytes) {
        slowStart = false;
        window /= 2;
        clamp(packetBytes);
        threshold = window;
    }

    /** Nothing came back for a long time: begin anew. */
    void timedOut(int packetBytes) {
        threshold = Math.max(window / 2, 2.0 * packetBytes);
        window = packetBytes;
        slowStart = true;
    }

    private void clamp(int packetBytes) {
        window = Math.clamp(window, packetBytes, MOST_BYTES);
    }
}
