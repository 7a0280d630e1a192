package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * NAT Port Mapping Protocol (RFC 6886). One thread.
 *
 * <pre>
 * → 00 00                                         ← 00 80 code2 epoch4 address4
 * → 00 op1 0000 port2 external2 lifetime4         ← 00 op+80 code2 epoch4 port2 external2 lifetime4
 * </pre>
 */
final class NatPmp implements MapMethod {
    private static final int ANSWER = 0x80;
    private static final int ADDRESS = 0;
    private static final int MAP_UDP = 1;
    private static final int MAP_TCP = 2;
    private static final int QUESTION_BYTES = 12;
    private static final int ADDRESS_ANSWER_BYTES = 12;
    private static final int MAP_ANSWER_BYTES = 16;

    private final GatewayExchange gateway;

    NatPmp(GatewayExchange gateway) {
        this.gateway = gateway;
    }

    @Override
    public String name() {
        return "nat-pmp";
    }

    @Override
    public Mapped map(Kind kind, int port, int external) throws IOException {
        InetAddress outside = gateway.ask(new byte[] {0, ADDRESS}, NatPmp::readAddress);
        Mapped mapped =
                gateway.ask(
                        question(kind, port, external, Pcp.LIFETIME_SECONDS),
                        answer -> read(answer, kind, port));
        return new Mapped(Optional.of(outside), mapped.port(), mapped.lifetimeSeconds());
    }

    @Override
    public void unmap(Kind kind, int port, int external) throws IOException {
        gateway.ask(question(kind, port, 0, 0), answer -> read(answer, kind, port));
    }

    private static byte[] question(Kind kind, int port, int external, int lifetime) {
        return ByteBuffer.allocate(QUESTION_BYTES)
                .put((byte) 0)
                .put((byte) operation(kind))
                .putShort((short) 0)
                .putShort((short) port)
                .putShort((short) external)
                .putInt(lifetime)
                .array();
    }

    private static int operation(Kind kind) {
        return kind == Kind.TCP ? MAP_TCP : MAP_UDP;
    }

    private static boolean isAnswer(ByteBuffer in, int operation, int bytes) throws IOException {
        if (in.remaining() < 4 || in.get(0) != 0 || (in.get(1) & 0xff) != (ANSWER | operation)) {
            return false;
        }
        int code = in.getShort(2) & 0xffff;
        if (code != 0) {
            throw new IOException("the gateway refused, NAT-PMP code " + code);
        }
        return in.remaining() >= bytes;
    }

    static @Nullable InetAddress readAddress(ByteBuffer in) throws IOException {
        if (!isAnswer(in, ADDRESS, ADDRESS_ANSWER_BYTES)) {
            return null;
        }
        byte[] address = new byte[4];
        in.get(8, address);
        return InetAddress.getByAddress(address);
    }

    static @Nullable Mapped read(ByteBuffer in, Kind kind, int port) throws IOException {
        if (!isAnswer(in, operation(kind), MAP_ANSWER_BYTES) || (in.getShort(8) & 0xffff) != port) {
            return null;
        }
        return new Mapped(
                Optional.empty(), in.getShort(10) & 0xffff, Integer.toUnsignedLong(in.getInt(12)));
    }
}
