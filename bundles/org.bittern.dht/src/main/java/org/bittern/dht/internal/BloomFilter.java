package org.bittern.dht.internal;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.Optional;
import org.bittern.bencode.BString;

/**
 * A set of addresses in 256 bytes: who is in it cannot be read out, how many there are can be
 * estimated, and sets of several nodes can be united without counting anybody twice (BEP 33). Up to
 * some 6000 addresses it says something. One thread.
 *
 * <p>Each address sets two of 2048 bits, chosen by the first four bytes of its SHA-1.
 */
final class BloomFilter {
    static final int BYTES = 256;

    private static final int BITS = BYTES * Byte.SIZE;
    private static final int HASHES = 2;

    private final BitSet bits = new BitSet(BITS);

    /** Reads a filter off the wire; empty when it has another length. */
    static Optional<BloomFilter> read(BString text) {
        if (text.length() != BYTES) {
            return Optional.empty();
        }
        BloomFilter filter = new BloomFilter();
        filter.bits.or(BitSet.valueOf(text.bytes()));
        return Optional.of(filter);
    }

    void add(InetAddress address) {
        byte[] hash = Digests.sha1(address.getAddress());
        for (int i = 0; i < HASHES; i++) {
            int index = (hash[2 * i] & 0xff) | (hash[2 * i + 1] & 0xff) << Byte.SIZE;
            bits.set(index % BITS);
        }
    }

    void add(BloomFilter other) {
        bits.or(other.bits);
    }

    /** 256 bytes. */
    BString text() {
        byte[] all = new byte[BYTES];
        byte[] used = bits.toByteArray(); // without the zeros at the end
        System.arraycopy(used, 0, all, 0, used.length);
        return new BString(all);
    }

    /** About how many addresses are in it. */
    double estimate() {
        int zeros = Math.clamp(BITS - bits.cardinality(), 1, BITS - 1);
        double each = HASHES * Math.log(1 - 1.0 / BITS);
        return bits.isEmpty() ? 0 : Math.log((double) zeros / BITS) / each;
    }
}
