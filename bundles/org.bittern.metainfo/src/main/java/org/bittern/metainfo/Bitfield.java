package org.bittern.metainfo;

import java.util.Arrays;

/**
 * A set of pieces, in memory as on the wire: the first piece is the highest bit of the first byte
 * (BEP 3, "bitfield"). Mutable, not thread-safe; the caller owns it.
 */
public final class Bitfield {
    private static final long TOP = 1L << 63;

    private final int pieceCount;
    private final long[] words;
    private int cardinality;

    /** The empty set over {@code pieceCount} pieces, 0 or more. */
    public Bitfield(int pieceCount) {
        this(pieceCount, new long[wordsFor(pieceCount)], 0);
    }

    private Bitfield(int pieceCount, long[] words, int cardinality) {
        this.pieceCount = pieceCount;
        this.words = words;
        this.cardinality = cardinality;
    }

    /** The set of all of {@code pieceCount} pieces. */
    public static Bitfield full(int pieceCount) {
        Bitfield bits = new Bitfield(pieceCount);
        bits.setAll();
        return bits;
    }

    private static int wordsFor(int pieceCount) {
        if (pieceCount < 0) {
            throw new IllegalArgumentException("piece count " + pieceCount);
        }
        return (pieceCount + 63) >>> 6;
    }

    /** Bytes of the wire form for {@code pieceCount} pieces. */
    public static int wireLength(int pieceCount) {
        return (pieceCount + 7) >>> 3;
    }

    /**
     * Reads the wire form.
     *
     * @param wire not kept
     * @throws MetainfoException if the length is not that of {@code pieceCount} pieces, or a spare
     *     bit is set
     */
    public static Bitfield fromWire(byte[] wire, int pieceCount) throws MetainfoException {
        if (wire.length != wireLength(pieceCount)) {
            throw new MetainfoException(
                    "bitfield of %d bytes, %d pieces take %d"
                            .formatted(wire.length, pieceCount, wireLength(pieceCount)));
        }
        int spare = 8 * wire.length - pieceCount;
        if (spare > 0 && (wire[wire.length - 1] & (1 << spare) - 1) != 0) {
            throw new MetainfoException(
                    "bitfield with a spare bit set after " + pieceCount + " pieces");
        }
        Bitfield bits = new Bitfield(pieceCount);
        for (int i = 0; i < wire.length; i++) {
            bits.words[i >>> 3] |= (wire[i] & 0xffL) << (56 - 8 * (i & 7));
        }
        for (long word : bits.words) {
            bits.cardinality += Long.bitCount(word);
        }
        return bits;
    }

    /** The wire form; spare bits are 0. */
    public byte[] toWire() {
        byte[] wire = new byte[wireLength(pieceCount)];
        for (int i = 0; i < wire.length; i++) {
            wire[i] = (byte) (words[i >>> 3] >>> (56 - 8 * (i & 7)));
        }
        return wire;
    }

    /** Number of pieces this is a set over, set or not. */
    public int pieceCount() {
        return pieceCount;
    }

    /** Whether {@code piece} is in the set. */
    public boolean get(int piece) {
        check(piece);
        return (words[piece >>> 6] & TOP >>> piece) != 0;
    }

    /**
     * Adds {@code piece}.
     *
     * @return whether it was absent
     */
    public boolean set(int piece) {
        check(piece);
        long bit = TOP >>> piece;
        if ((words[piece >>> 6] & bit) != 0) {
            return false;
        }
        words[piece >>> 6] |= bit;
        cardinality++;
        return true;
    }

    /**
     * Takes {@code piece} out.
     *
     * @return whether it was present
     */
    public boolean clear(int piece) {
        check(piece);
        long bit = TOP >>> piece;
        if ((words[piece >>> 6] & bit) == 0) {
            return false;
        }
        words[piece >>> 6] &= ~bit;
        cardinality--;
        return true;
    }

    /** Adds all pieces. */
    public void setAll() {
        Arrays.fill(words, -1L);
        int spare = 64 * words.length - pieceCount;
        if (spare > 0) {
            words[words.length - 1] = -1L << spare;
        }
        cardinality = pieceCount;
    }

    /** Takes all pieces out. */
    public void clearAll() {
        Arrays.fill(words, 0);
        cardinality = 0;
    }

    /** Number of pieces in the set. */
    public int cardinality() {
        return cardinality;
    }

    /** Whether all pieces are in the set. */
    public boolean isComplete() {
        return cardinality == pieceCount;
    }

    /** Whether no piece is in the set. */
    public boolean isEmpty() {
        return cardinality == 0;
    }

    /** The first piece of the set at or after {@code from} (0 or more), or -1. */
    public int nextSet(int from) {
        return next(from, 0);
    }

    /** The first piece outside the set at or after {@code from} (0 or more), or -1. */
    public int nextClear(int from) {
        int piece = next(from, -1L);
        return piece < pieceCount ? piece : -1;
    }

    /**
     * The first piece at or after {@code from} (0 or more) that is in this set, but not in {@code
     * other}, over the same number of pieces; -1 if there is none.
     */
    public int nextSetNotIn(Bitfield other, int from) {
        checkSame(other);
        if (from < 0) {
            throw new IndexOutOfBoundsException("piece " + from);
        }
        long mask = -1L >>> from;
        for (int word = from >>> 6; word < words.length; word++) {
            long bits = words[word] & ~other.words[word] & mask;
            if (bits != 0) {
                return 64 * word + Long.numberOfLeadingZeros(bits);
            }
            mask = -1L;
        }
        return -1;
    }

    private int next(int from, long flip) {
        if (from < 0) {
            throw new IndexOutOfBoundsException("piece " + from);
        }
        if (from >= pieceCount) {
            return -1;
        }
        int word = from >>> 6;
        long bits = (words[word] ^ flip) & -1L >>> from;
        while (bits == 0) {
            if (++word == words.length) {
                return -1;
            }
            bits = words[word] ^ flip;
        }
        return 64 * word + Long.numberOfLeadingZeros(bits);
    }

    /** How many pieces are in both sets, which are over the same number of pieces. */
    public int andCount(Bitfield other) {
        checkSame(other);
        int count = 0;
        for (int i = 0; i < words.length; i++) {
            count += Long.bitCount(words[i] & other.words[i]);
        }
        return count;
    }

    /** Whether a piece is in this set, but not in {@code other}, over the same number of pieces. */
    public boolean hasAnyNotIn(Bitfield other) {
        checkSame(other);
        for (int i = 0; i < words.length; i++) {
            if ((words[i] & ~other.words[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Keeps only pieces that are in {@code other} too. */
    public void and(Bitfield other) {
        checkSame(other);
        cardinality = 0;
        for (int i = 0; i < words.length; i++) {
            words[i] &= other.words[i];
            cardinality += Long.bitCount(words[i]);
        }
    }

    /** Takes all pieces of {@code other} out. */
    public void andNot(Bitfield other) {
        checkSame(other);
        cardinality = 0;
        for (int i = 0; i < words.length; i++) {
            words[i] &= ~other.words[i];
            cardinality += Long.bitCount(words[i]);
        }
    }

    /** Adds all pieces of {@code other}. */
    public void or(Bitfield other) {
        checkSame(other);
        cardinality = 0;
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i];
            cardinality += Long.bitCount(words[i]);
        }
    }

    /** An independent copy. */
    public Bitfield copy() {
        return new Bitfield(pieceCount, words.clone(), cardinality);
    }

    private void check(int piece) {
        if (piece < 0 || piece >= pieceCount) {
            throw new IndexOutOfBoundsException("piece " + piece + ", torrent has " + pieceCount);
        }
    }

    private void checkSame(Bitfield other) {
        if (other.pieceCount != pieceCount) {
            throw new IllegalArgumentException(
                    "sets over %d and %d pieces".formatted(pieceCount, other.pieceCount));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bitfield that
                && pieceCount == that.pieceCount
                && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
        return 31 * pieceCount + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return cardinality + " of " + pieceCount;
    }
}
