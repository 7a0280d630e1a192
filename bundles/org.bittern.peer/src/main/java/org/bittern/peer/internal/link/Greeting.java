package org.bittern.peer.internal.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bittern.peer.internal.mse.Mse;
import org.bittern.peer.internal.mse.MseOutcome;
import org.bittern.peer.internal.mse.Rc4;
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
    private ByteBuffer in = ByteBuffer.allocate(Handshake.BYTES);
    private @Nullable Rc4 decryption; // null in plaintext, like the following
    private @Nullable Rc4 encryption;
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
     * Reads until there are so many bytes, and no further.
     *
     * @return whether they are there
     */
    boolean fill(int bytes) throws IOException {
        if (in.position() < bytes) {
            int before = in.position();
            one[0] = in.limit(bytes);
            if (connection.read(one, 0, 1) < 0) {
                throw new EOFException("closed by the peer during the handshake");
            }
            if (decryption != null) {
                decryption.apply(in.duplicate().flip().position(before));
            }
        }
        return in.position() >= bytes;
    }

    /** Makes room for the encryption's own handshake. */
    void enlarge() {
        in = ByteBuffer.allocate(Mse.BUFFER_BYTES).put(in.flip());
    }

    /**
     * Reads what there is and lets the encryption's handshake take what it wants.
     *
     * @return null while it waits for more, and when it came to nothing
     */
    MseOutcome.@Nullable Agreed negotiate(Function<ByteBuffer, MseOutcome> handshake)
            throws IOException {
        fill(in.capacity());
        MseOutcome outcome = handshake.apply(in.flip());
        in.compact();
        switch (outcome) {
            case MseOutcome.More() -> {
                return null;
            }
            case MseOutcome.Refused(String reason) -> {
                fail(false, reason);
                return null;
            }
            case MseOutcome.Agreed agreed -> {
                secure(agreed);
                return agreed;
            }
        }
    }

    /** From here on bytes are decrypted and encrypted, if that is what was agreed on. */
    private void secure(MseOutcome.Agreed agreed) {
        decryption = agreed.decryption();
        encryption = agreed.encryption();
        ByteBuffer rest = in.flip();
        if (decryption != null) {
            decryption.apply(rest);
        }
        int bytes = agreed.initial().length + rest.remaining();
        in = ByteBuffer.allocate(Math.max(Handshake.BYTES, bytes)).put(agreed.initial()).put(rest);
    }

    /**
     * Computes something that takes too long for a loop; the connection is not read meanwhile.
     *
     * @param then runs on the loop, unless it is over by then
     */
    <T> void compute(Supplier<T> work, Then<T> then) {
        EventLoop loop = connection.loop();
        connection.readInterest(false);
        shares.workers()
                .execute(() -> {
                    T result = work.get();
                    loop.execute(() -> computed(result, then));
                });
    }

    private <T> void computed(T result, Then<T> then) {
        if (!over) {
            connection.readInterest(true);
            try {
                then.go(result);
            } catch (IOException e) {
                broken(e);
            }
        }
    }

    /** Goes on with what was computed. */
    interface Then<T> {
        void go(T result) throws IOException;
    }

    /** Writes bytes, encrypted if that was agreed on. */
    void say(byte[] bytes) throws IOException {
        ByteBuffer sealed = ByteBuffer.wrap(bytes.clone());
        if (encryption != null) {
            encryption.apply(sealed);
        }
        sayRaw(sealed.array());
    }

    /** Writes bytes as they are, now or as soon as the transport takes them. */
    void sayRaw(byte[] bytes) throws IOException {
        ByteBuffer waiting = out == null ? ByteBuffer.allocate(0) : out;
        out =
                ByteBuffer.allocate(waiting.remaining() + bytes.length)
                        .put(waiting)
                        .put(bytes)
                        .flip();
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

    /** Hands the connection over to its link, once the other side's handshake is there. */
    void establish(LinkSpec spec, LinkEvents events, boolean incoming) {
        over = true;
        Established established =
                new Established(
                        Handshake.peerId(in),
                        spec.features().and(Handshake.features(in)),
                        incoming,
                        decryption,
                        encryption);
        Link link = new Link(connection, share, spec, events, established);
        link.join();
        unwatch();
        link.open(spec.hello(), in.flip().position(Handshake.BYTES));
    }
}
