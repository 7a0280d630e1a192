package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Canonical peer priority: a number that both ends of a link compute alike and nobody can choose.
 * If all keep the links with the highest numbers, the swarm becomes a random graph, and who floods
 * us with addresses of his own gets no more of our links than others (BEP 40). No state, any
 * thread.
 */
final class PeerPriority {
    private static final byte MASK = 0x55;

    private PeerPriority() {}

    /**
     * The priority of a link, the same from both ends.
     *
     * @return 32 bits unsigned; higher is better; 0 for addresses of different families
     * @see <a href="https://www.bittorrent.org/beps/bep_0040.html">BEP 40</a>
     */
    static long of(InetSocketAddress one, InetSocketAddress other) {
        byte[] a = one.getAddress().getAddress();
        byte[] b = other.getAddress().getAddress();
        if (a.length != b.length) {
            return 0;
        }
        int shared = Arrays.mismatch(a, b);
        if (shared < 0) {
            return crc(port(one), port(other));
        }
        // Only networks count, so that hosts of one network cannot try many addresses; the closer
        // the two are, the more bytes make the difference.
        int exact = a.length == 4 ? Math.max(2, shared + 1) : Math.max(6, shared + 2);
        mask(a, exact);
        mask(b, exact);
        return crc(a, b);
    }

    private static byte[] port(InetSocketAddress address) {
        return ByteBuffer.allocate(2).putShort((short) address.getPort()).array();
    }

    private static void mask(byte[] address, int from) {
        for (int i = from; i < address.length; i++) {
            address[i] &= MASK;
        }
    }

    private static long crc(byte[] a, byte[] b) {
        boolean ordered = Arrays.compareUnsigned(a, b) <= 0;
        CRC32C crc = new CRC32C();
        crc.update(ordered ? a : b);
        crc.update(ordered ? b : a);
        return crc.getValue();
    }
}
