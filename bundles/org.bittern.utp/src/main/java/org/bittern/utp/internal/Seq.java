package org.bittern.utp.internal;

/** Sequence numbers of packets: 16 bits that wrap around. */
final class Seq {
    private static final int MASK = 0xffff;

    private Seq() {}

    /** The number so many packets later; {@code count} may be negative. */
    static int plus(int seq, int count) {
        return seq + count & MASK;
    }

    /** How many packets {@code to} comes after {@code from}: -32768 to 32767. */
    static int distance(int from, int to) {
        return (short) (to - from);
    }
}
