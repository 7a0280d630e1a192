package org.bittern.peer.internal.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Compact addresses: 4 or 16 bytes and a port, big-endian (BEP 7, 23). */
final class Addresses {
    static final int V4_BYTES = 4;
    static final int V6_BYTES = 16;

    private Addresses() {}

    /**
     * Reads an address and a port.
     *
     * @param addressBytes {@link #V4_BYTES} or {@link #V6_BYTES}
     */
    static InetSocketAddress read(ByteBuffer from, int addressBytes) {
        byte[] address = new byte[addressBytes];
        from.get(address);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address), Short.toUnsignedInt(from.getShort()));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    /** Writes an address, without its family, and a port. */
    static void write(InetSocketAddress address, ByteBuffer to) {
        to.put(address.getAddress().getAddress()).putShort((short) address.getPort());
    }

    static boolean v4(InetSocketAddress address) {
        return address.getAddress().getAddress().length == V4_BYTES;
    }
}
