package org.bittern.peer.internal.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the links and handshakes of one loop share: a receive buffer, a send buffer, the clock that
 * looks after idle links. Owned by the loop. Holds memory and a timer only while it has members.
 *
 * <p>One sweep over all members instead of a timer each: with 2,000 idle links that is a walk over
 * a set every ten seconds.
 */
final class LoopShare {
    /** Between two looks at every member. */
    static final long SWEEP_NANOS = 10_000_000_000L;

    /**
     * Bytes of the send buffer; larger ones save nothing, and are read again after a short write.
     */
    static final int SEND_BYTES = 64 << 10;

    private final EventLoop loop;
    private final Runnable emptied;
    private final Set<Member> members = new LinkedHashSet<>(); // in an order that can be repeated
    private @Nullable PooledBuffer receive; // null without members, like the following
    private @Nullable ByteBuffer receiveView;
    private @Nullable PooledBuffer send;
    private @Nullable ByteBuffer sendView;
    private EventLoop.@Nullable Timer sweep;

    /** Something on a connection that wants to be looked at and to be closed in the end. */
    interface Member {
        void sweep(long nowNanos);

        void close(String reason);
    }

    /**
     * @param emptied runs when the last member has left; whoever joins afterwards asks for another
     */
    LoopShare(EventLoop loop, Runnable emptied) {
        this.loop = loop;
        this.emptied = emptied;
    }

    EventLoop loop() {
        return loop;
    }

    void join(Member member) {
        loop.assertOwner();
        if (members.add(member) && members.size() == 1) {
            sweep = loop.schedule(SWEEP_NANOS, this::sweepAll);
        }
    }

    /** Twice does no harm. */
    void leave(Member member) {
        loop.assertOwner();
        if (members.remove(member) && members.isEmpty()) {
            release();
            emptied.run();
        }
    }

    /** Closes every member. */
    void close(String reason) {
        loop.assertOwner();
        List.copyOf(members).forEach(member -> member.close(reason));
    }

    /**
     * Room to receive into, as much as there is; free again when the caller returns to the loop.
     */
    ByteBuffer receiveRoom() throws IOException {
        ByteBuffer room = receiveView;
        if (room == null) {
            receive = LinkMemory.take(loop.buffers(), BufferPool.MAX_BYTES);
            room = receive.bytes();
            receiveView = room;
        }
        return room.clear();
    }

    /** Room to write from; free again when the caller returns to the loop. */
    ByteBuffer sendRoom() throws IOException {
        ByteBuffer room = sendView;
        if (room == null) {
            send = LinkMemory.take(loop.buffers(), SEND_BYTES);
            room = send.bytes();
            sendView = room;
        }
        return room.clear().limit(SEND_BYTES);
    }

    private void sweepAll() {
        long now = loop.nanoTime();
        List.copyOf(members).forEach(member -> member.sweep(now));
        if (!members.isEmpty()) {
            sweep = loop.schedule(SWEEP_NANOS, this::sweepAll);
        }
    }

    private void release() {
        if (sweep != null) {
            sweep.cancel();
            sweep = null;
        }
        if (receive != null) {
            receive.release();
            receive = null;
            receiveView = null;
        }
        if (send != null) {
            send.release();
            send = null;
            sendView = null;
        }
    }
}
