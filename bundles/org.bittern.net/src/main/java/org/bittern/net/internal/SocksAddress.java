package org.bittern.net.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Addresses as they stand in SOCKS 5: {@code type1 address port2} (RFC 1928, section 5). */
final class SocksAddress {
    static final int IPV4 = 1;
    static final int NAME = 3;
    static final int IPV6 = 4;

    /** The longest: a name of 255 bytes. */
    static final int MAX_BYTES = 1 + 1 + 255 + 2;

    private static final int PORT_BYTES = 2;
    private static final int MAX_NAME_BYTES = 255;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private SocksAddress() {}

    /**
     * Writes an address.
     *
     * @throws IOException the name is too long
     */
    static void write(InetSocketAddress address, ByteBuffer out) throws IOException {
        InetAddress host = address.getAddress();
        if (host == null) {
            byte[] name = address.getHostString().getBytes(StandardCharsets.UTF_8);
            if (name.length > MAX_NAME_BYTES) {
                throw new IOException("host name of %d bytes".formatted(name.length));
            }
            out.put((byte) NAME).put((byte) name.length).put(name);
        } else {
            out.put((byte) (host instanceof Inet4Address ? IPV4 : IPV6)).put(host.getAddress());
        }
        out.putShort((short) address.getPort());
    }

    /**
     * Bytes after the type, or 0 when the first of them tells.
     *
     * @throws IOException no such type
     */
    static int length(int type) throws IOException {
        return switch (type) {
            case IPV4 -> IPV4_BYTES + PORT_BYTES;
            case IPV6 -> IPV6_BYTES + PORT_BYTES;
            case NAME -> 0;
            default -> throw new IOException("address of an unknown type " + type);
        };
    }

    /** Bytes after the length of a name. */
    static int nameLength(int first) {
        return (first & 0xff) + PORT_BYTES;
    }

    /** Reads what follows the type and, for a name, its length. */
    static InetSocketAddress read(int type, ByteBuffer rest) throws IOException {
        byte[] host = new byte[rest.remaining() - PORT_BYTES];
        rest.get(host);
        int port = rest.getShort() & 0xffff;
        return type == NAME
                ? InetSocketAddress.createUnresolved(new String(host, StandardCharsets.UTF_8), port)
                : new InetSocketAddress(InetAddress.getByAddress(host), port);
    }
}
