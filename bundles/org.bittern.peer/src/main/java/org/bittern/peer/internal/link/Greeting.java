package org.bittern.peer.internal.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.jspecify.annotations.Nullable;

/**
 * A connection before its link. Owned by the connection's loop. Reads no further than it must,
 * keeps a few bytes, and ends in time.
 */
abstract class Greeting implements Connection.Handler, LoopShare.Member {
    static final String NO_HANDSHAKE = "no BitTorrent handshake";

    private final LoopShares shares;
    private final Connection connection;
    private final long deadlineNanos;
    private final ByteBuffer in = ByteBuffer.allocate(Handshake.BYTES);
    private final ByteBuffer[] one = new ByteBuffer[1];
    private @Nullable ByteBuffer out; // null unless the transport did not take it yet
    private LoopShare share;
    private EventLoop.@Nullable Timer timer;
    private boolean over;

    Greeting(LoopShares shares, Connection connection, long timeoutNanos) {
        this.shares = shares;
        this.connection = connection;
        share = shares.of(connection.loop());
        deadlineNanos = share.loop().nanoTime() + timeoutNanos;
    }

    /** Goes on with what is there. */
    abstract void advance() throws IOException;

    /** It came to nothing; the connection is closed. */
    abstract void lost(boolean violation, String reason);

    Connection connection() {
        return connection;
    }

    /** Bytes of the handshake, 0 to its position. */
    ByteBuffer in() {
        return in;
    }

    /** Watches the connection, on the loop that owns it now. */
    void watch() {
        share = shares.of(connection.loop());
        share.join(this);
        long left = Math.max(0, deadlineNanos - share.loop().nanoTime());
        timer = share.loop().schedule(left, () -> fail(false, "handshake takes too long"));
        connection.start(this);
        if (shares.stopped()) {
            close("peer protocol stopped");
        }
    }

    /** Lets go of the connection, to be watched again on another loop. */
    void unwatch() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        share.leave(this);
    }

    boolean over() {
        return over;
    }

    /**
     * Reads up to a number of bytes.
     *
     * @return whether they are there
     */
    boolean fill(int bytes) throws IOException {
        if (in.position() < bytes) {
            one[0] = in.limit(bytes);
            if (connection.read(one, 0, 1) < 0) {
                throw new EOFException("closed by the peer during the handshake");
            }
        }
        return in.position() == bytes;
    }

    /** Writes bytes, now or as soon as the transport takes them. */
    void say(byte[] bytes) throws IOException {
        out = ByteBuffer.wrap(bytes);
        flush();
    }

    /** Whether all was written. */
    boolean said() {
        return out == null;
    }

    private void flush() throws IOException {
        ByteBuffer waiting = out;
        if (waiting != null) {
            one[0] = waiting;
            connection.write(one, 0, 1);
            if (!waiting.hasRemaining()) {
                out = null;
            }
            connection.writeInterest(waiting.hasRemaining());
        }
    }

    @Override
    public void readable() {
        try {
            advance();
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void writable() {
        try {
            flush();
            advance();
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void broken(IOException reason) {
        fail(false, reason.getMessage() == null ? "connection lost" : reason.getMessage());
    }

    @Override
    public void sweep(long nowNanos) {
        // the deadline has a timer of its own
    }

    @Override
    public void close(String reason) {
        fail(false, reason);
    }

    void fail(boolean violation, String reason) {
        if (!over) {
            over = true;
            unwatch();
            connection.close();
            lost(violation, reason);
        }
    }

    /** Hands the connection over to its link. */
    void establish(LinkSpec spec, LinkEvents events, Established established) {
        over = true;
        Link link = new Link(connection, share, spec, events, established);
        link.join();
        unwatch();
        link.open(spec.hello(), ByteBuffer.allocate(0));
    }
}
