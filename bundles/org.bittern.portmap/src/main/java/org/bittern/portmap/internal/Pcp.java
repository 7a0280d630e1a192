package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Port Control Protocol (RFC 6887), opcode MAP. One thread.
 *
 * <pre>
 * → 02 01 0000 lifetime4 client-address16  nonce12 protocol1 000000 port2 external2 external-address16
 * ← 02 81 00 code1 lifetime4 epoch4 0*12   the same
 * </pre>
 */
final class Pcp implements MapMethod {
    static final int LIFETIME_SECONDS = 3600;

    private static final int VERSION = 2;
    private static final int MAP = 1;
    private static final int ANSWER = 0x80;
    private static final int BYTES = 60;
    private static final int NONCE_BYTES = 12;
    private static final int ADDRESS_BYTES = 16;
    private static final byte[] MAPPED_IPV4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    private static final byte[] ANY_IPV4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0};

    private final GatewayExchange gateway;
    private final byte[] nonce = new byte[NONCE_BYTES];

    /**
     * @param random cannot be guessed: the nonce keeps others from changing our mappings
     */
    Pcp(GatewayExchange gateway, RandomGenerator random) {
        this.gateway = gateway;
        random.nextBytes(nonce);
    }

    @Override
    public String name() {
        return "pcp";
    }

    @Override
    public Mapped map(Kind kind, int port, int external) throws IOException {
        byte[] question = question(kind, port, external, LIFETIME_SECONDS);
        return gateway.ask(question, answer -> read(answer, kind, port));
    }

    @Override
    public void unmap(Kind kind, int port, int external) throws IOException {
        gateway.ask(question(kind, port, 0, 0), answer -> read(answer, kind, port));
    }

    private byte[] question(Kind kind, int port, int external, int lifetime) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.put((byte) VERSION).put((byte) MAP).putShort((short) 0).putInt(lifetime);
        out.put(wide(gateway.localAddress()));
        out.put(nonce).put((byte) kind.number).put(new byte[3]);
        out.putShort((short) port).putShort((short) external).put(ANY_IPV4);
        return out.array();
    }

    private static byte[] wide(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == ADDRESS_BYTES) {
            return bytes;
        }
        return ByteBuffer.allocate(ADDRESS_BYTES).put(MAPPED_IPV4).put(bytes).array();
    }

    @Nullable Mapped read(ByteBuffer in, Kind kind, int port) throws IOException {
        if (in.remaining() < 4 || in.get(0) != VERSION) {
            if (in.remaining() >= 2 && in.get(0) == 0) {
                throw new IOException("the gateway does not speak PCP");
            }
            return null;
        }
        if ((in.get(1) & 0xff) != (ANSWER | MAP)) {
            return null;
        }
        int code = in.get(3) & 0xff;
        if (in.remaining() < BYTES) {
            throw new IOException("the gateway refused, PCP code " + code);
        }
        byte[] echoed = new byte[NONCE_BYTES];
        in.get(24, echoed);
        boolean ours =
                Arrays.equals(echoed, nonce)
                        && (in.get(36) & 0xff) == kind.number
                        && (in.getShort(40) & 0xffff) == port;
        if (!ours) {
            return null;
        }
        if (code != 0) {
            throw new IOException("the gateway refused, PCP code " + code);
        }
        byte[] address = new byte[ADDRESS_BYTES];
        in.get(44, address);
        InetAddress outside = InetAddress.getByAddress(address); // a mapped IPv4 becomes one
        return new Mapped(
                outside.isAnyLocalAddress() ? Optional.empty() : Optional.of(outside),
                in.getShort(42) & 0xffff,
                Integer.toUnsignedLong(in.getInt(4)));
    }
}
