package org.bittern.dht.internal;

import java.net.InetAddress;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.bittern.spi.net.AddressScope;

/**
 * Ties node ids to addresses (BEP 42): the first 21 bits follow from the address and 3 bits of the
 * last byte, so nobody can choose where in the DHT he stands.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0042.html">BEP 42</a>
 */
final class SecureId {
    private static final int[] V4_MASK = {0x03, 0x0f, 0x3f, 0xff};
    private static final int[] V6_MASK = {0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff};
    private static final int LAST = NodeId.BYTES - 1;
    private static final int BITS_MASK = 0xfffff800; // 21 bits

    private SecureId() {}

    /** A random id that fits the address. */
    static NodeId make(InetAddress address, RandomGenerator random) {
        return make(address, random.nextInt(256), random);
    }

    /**
     * A random id that fits the address.
     *
     * @param last the last byte of the id, 0 to 255
     */
    static NodeId make(InetAddress address, int last, RandomGenerator random) {
        byte[] id = new byte[NodeId.BYTES];
        random.nextBytes(id);
        int prefix = prefix(address, last);
        id[0] = (byte) (prefix >>> 24);
        id[1] = (byte) (prefix >>> 16);
        id[2] = (byte) ((prefix >>> 8 & 0xf8) | (id[2] & 0x07));
        id[LAST] = (byte) last;
        return NodeId.of(id);
    }

    /** Whether the id belongs to the address, or the address needs no such id. */
    static boolean fits(NodeId id, InetAddress address) {
        if (isExempt(address)) {
            return true;
        }
        byte[] bytes = id.bytes();
        int head = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8;
        return (head & BITS_MASK) == (prefix(address, bytes[LAST]) & BITS_MASK);
    }

    /** Loopback, link-local and private networks: the address of a node is not what others see. */
    static boolean isExempt(InetAddress address) {
        return switch (AddressScope.of(address)) {
            case LOOPBACK, PRIVATE -> true;
            case PUBLIC, NONE -> false;
        };
    }

    private static int prefix(InetAddress address, int last) {
        byte[] raw = address.getAddress();
        int[] mask = raw.length == V4_MASK.length ? V4_MASK : V6_MASK;
        byte[] masked = new byte[mask.length];
        for (int i = 0; i < mask.length; i++) {
            masked[i] = (byte) (raw[i] & mask[i]);
        }
        masked[0] |= (byte) ((last & 7) << 5);
        CRC32C crc = new CRC32C();
        crc.update(masked);
        return (int) crc.getValue();
    }
}
