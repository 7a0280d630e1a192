package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bittern.fuzz.Parts;
import org.bittern.testkit.CheckedBuffers;

/**
 * A uTP stream (BEP 29) between an application and a peer that sends anything, at any time. Packets
 * are noise, or near to what a stream would take. No memory is lost.
 */
public final class StreamTarget {
    private static final int ID = 100;
    private static final int OUR_SEQ = 65_530; // soon after it numbers begin again
    private static final int THEIR_SEQ = 65_500;
    private static final long MILLI = 1_000_000;

    private final CheckedBuffers buffers = new CheckedBuffers();
    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Stream stream;
    private long nowNanos;

    private StreamTarget(int choice) {
        Wire wire =
                new Wire() {
                    @Override
                    public void send(ByteBuffer datagram) {
                        // lost
                    }

                    @Override
                    public boolean sendUncut(ByteBuffer datagram) {
                        return (choice & 2) == 0;
                    }
                };
        Stream.Surroundings around =
                new Stream.Surroundings(wire, buffers, budget, (choice & 4) == 0);
        stream =
                (choice & 1) == 0
                        ? Stream.accepted(
                                around,
                                new Stream.Numbers(ID, Seq.plus(ID, 1), OUR_SEQ, THEIR_SEQ),
                                1 << 20,
                                0)
                        : Stream.dialling(around, ID, OUR_SEQ, 0);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        StreamTarget target = new StreamTarget(parts.number());
        while (parts.more()) {
            target.happen(parts);
            target.stream.flush(target.nowNanos);
        }
        target.end();
    }

    private void happen(Parts parts) {
        switch (parts.number() % 7) {
            case 0 -> receive(parts.part());
            case 1, 2 -> receive(near(parts));
            case 3 -> nowNanos += parts.number() * MILLI;
            case 4 -> nowNanos += parts.number() * 100L * MILLI;
            case 5 -> {
                ByteBuffer[] bytes = {ByteBuffer.allocate(parts.number() * 64)};
                stream.write(bytes, 0, 1);
                stream.read(new ByteBuffer[] {ByteBuffer.allocate(1 << 16)}, 0, 1);
            }
            default -> stream.close(nowNanos);
        }
    }

    private void receive(byte[] datagram) {
        PacketMemory memory = PacketMemory.force(buffers, budget, Math.max(1, datagram.length));
        ByteBuffer bytes = memory.bytes().put(datagram).flip();
        Packet packet = Packet.parse(bytes);
        if (packet != null) {
            for (int bit = 0; bit < packet.sackBits(); bit++) {
                boolean ignored = packet.sacks(bit);
            }
            stream.received(packet, memory, nowNanos);
        }
        memory.release();
    }

    /** A packet whose numbers are small distances from those that the stream waits for. */
    private static byte[] near(Parts parts) {
        Header.Type[] types = Header.Type.values();
        Header header =
                new Header(
                        types[parts.number() % types.length],
                        parts.number() % 3,
                        ID,
                        parts.number() << 16,
                        parts.number() << 16,
                        parts.number() << 12,
                        Seq.plus(THEIR_SEQ, (byte) parts.number()),
                        Seq.plus(OUR_SEQ, (byte) parts.number()));
        byte[] rest = parts.part();
        ByteBuffer packet = ByteBuffer.allocate(Header.BYTES + rest.length);
        header.put(packet);
        packet.put(rest);
        return Arrays.copyOf(packet.array(), packet.capacity());
    }

    private void end() {
        stream.reset("the end", nowNanos);
        if (budget.usedBytes() != 0 || buffers.usedBytes() != 0) {
            throw new AssertionError(
                    "%d and %d bytes are lost".formatted(budget.usedBytes(), buffers.usedBytes()));
        }
    }
}
