package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What stands before a datagram on its way through a SOCKS 5 proxy: 00 00 fragment1 address. */
final class RelayHeader {
    static final int MAX_BYTES = 3 + SocksAddress.MAX_BYTES;

    private RelayHeader() {}

    /** Writes a header. */
    static void write(InetSocketAddress to, ByteBuffer out) throws IOException {
        out.putShort((short) 0).put((byte) 0);
        SocksAddress.write(to, out);
    }

    /**
     * Reads a header; the datagram remains.
     *
     * @return who sent it; null when it is damaged, a fragment (which we never ask for) or names no
     *     address
     */
    static @Nullable InetSocketAddress read(ByteBuffer in) {
        try {
            in.getShort();
            if (in.get() != 0) {
                return null;
            }
            int type = in.get();
            int length = SocksAddress.length(type);
            if (length == 0 || in.remaining() < length) {
                return null;
            }
            ByteBuffer address = in.slice(in.position(), length);
            in.position(in.position() + length);
            return SocksAddress.read(type, address);
        } catch (BufferUnderflowException | IOException e) {
            return null;
        }
    }
}
