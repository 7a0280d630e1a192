package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.spi.net.EventLoop;

/**
 * The way of packets from the loop of the socket to the loop of a connection: all that came in one
 * turn are handed over at once. Owned by the loop of the socket.
 */
final class Inbox {
    /** Packets on their way; a loop that is so far behind gets no more of them. */
    static final int MAX_PACKETS = 2_048;

    private final UtpConnection connection;
    private final Endpoint endpoint;
    private final AtomicInteger underWay = new AtomicInteger();
    private List<Arrival> batch = new ArrayList<>();

    /**
     * A packet.
     *
     * @param memory position to limit
     * @param nanos when it came
     */
    record Arrival(PacketMemory memory, long nanos) {}

    Inbox(UtpConnection connection, Endpoint endpoint) {
        this.connection = connection;
        this.endpoint = endpoint;
    }

    /** Copies a packet, or drops it as the network may. */
    void add(ByteBuffer datagram) {
        EventLoop loop = endpoint.loop();
        if (underWay.get() + batch.size() >= MAX_PACKETS) {
            return;
        }
        PacketMemory memory =
                PacketMemory.take(loop.buffers(), endpoint.budget(), datagram.remaining());
        if (memory == null) {
            return;
        }
        ByteBuffer copy = memory.bytes();
        copy.put(datagram).flip();
        batch.add(new Arrival(memory, loop.nanoTime()));
        if (batch.size() == 1) {
            loop.execute(this::handOver);
        }
    }

    private void handOver() {
        List<Arrival> packets = batch;
        batch = new ArrayList<>();
        EventLoop owner = connection.loop();
        if (owner.inLoop()) {
            connection.arrived(packets);
            return;
        }
        int count = packets.size();
        underWay.addAndGet(count);
        boolean alive =
                Loops.handedTo(
                        owner,
                        () -> {
                            underWay.addAndGet(-count);
                            connection.arrived(packets);
                        });
        if (!alive) {
            packets.forEach(packet -> packet.memory().release());
        }
    }
}
