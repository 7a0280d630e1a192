package org.bittern.peer.internal.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bittern.peer.internal.wire.MessageDecoder;
import org.bittern.peer.internal.wire.MessageEncoder;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;

/** A link after the handshake: joins the two paths and looks after silence. Owned by its loop. */
final class Link implements PeerLink {
    /**
     * We say something after this long; sweeps make it up to ten seconds more. BEP 3: two minutes.
     */
    static final long KEEP_ALIVE_NANOS = 100_000_000_000L;

    /** A peer that is silent for this long is gone; sweeps make it up to ten seconds more. */
    static final long SILENCE_NANOS = 150_000_000_000L;

    /**
     * Bytes of messages, blocks apart, that may wait for a peer to read. A full queue of metadata
     * and the longest bitfield are less; whoever causes more asks without reading the answers.
     */
    static final int MAX_WAITING_BYTES = 3 << 19;

    /**
     * Of them may wait for good: the longest bitfield is less, and 500 links with as much leave
     * memory to others. What is more must go within {@link #UNREAD_NANOS}.
     */
    static final int SPARE_WAITING_BYTES = 256 << 10;

    /** A peer that leaves more than the spare bytes unread for so long does not read. */
    static final long UNREAD_NANOS = 120_000_000_000L;

    private static final String UNREAD = "does not read what is sent to it";

    private final Connection connection;
    private final LoopShare share;
    private final LinkEvents events;
    private final Established established;
    private LinkSpec spec;
    private final MessageDecoder decoder;
    private final MessageEncoder encoder;
    private final Receiver receiver;
    private final Sender sender;
    private final Side side = new Side();

    private long lastReadNanos;
    private long sparingNanos; // when a sweep saw last that no more than the spare bytes wait
    private boolean closed;

    Link(
            Connection connection,
            LoopShare share,
            LinkSpec spec,
            LinkEvents events,
            Established established) {
        this.connection = connection;
        this.share = share;
        this.spec = spec;
        this.events = events;
        this.established = established;
        Features features = established.features();
        decoder = new MessageDecoder(features, spec.pieceCount(), spec.hello().withheld());
        encoder = new MessageEncoder(features, spec.pieceCount());
        FrameReader frames = new FrameReader(decoder, share.loop().buffers(), side);
        receiver = new Receiver(connection, share, spec.down(), frames, established.decryption());
        sender = new Sender(connection, share, spec.up(), side, established.encryption());
        lastReadNanos = share.loop().nanoTime();
        sparingNanos = lastReadNanos;
    }

    /** Comes under the loop's care. */
    void join() {
        share.join(side);
    }

    /**
     * Begins. What the engine sends in {@link LinkEvents#opened} goes out before our extension
     * handshake: a bitfield must be the first message (BEP 3).
     *
     * @param early bytes that came with the handshake, decrypted
     */
    void open(PeerMessage.ExtendedHandshake hello, ByteBuffer early) {
        connection.start(side);
        side.guarded(() -> {
            events.opened(this);
            send(hello);
            receiver.early(early);
            return true;
        });
    }

    /** Begins where the link of another version has stopped. */
    void resume(LinkState state) {
        encoder.learn(state.extensions());
        connection.start(side);
        sender.resume(state.sending());
        side.guarded(() -> {
            receiver.resume(state.receiving());
            return true;
        });
    }

    @Override
    public Optional<LinkState> leave() {
        share.loop().assertOwner();
        if (closed) {
            return Optional.empty();
        }
        LinkState state;
        try {
            state =
                    new LinkState(
                            connection,
                            spec,
                            established.peerId(),
                            established.features(),
                            established.incoming(),
                            encoder.learnt(),
                            receiver.leave(),
                            sender.leave());
        } catch (IOException e) {
            failed(e);
            return Optional.empty();
        }
        closed = true;
        release();
        return Optional.of(state);
    }

    @Override
    public InetSocketAddress remote() {
        return connection.remote();
    }

    @Override
    public byte[] peerId() {
        return established.peerId();
    }

    @Override
    public String transport() {
        return connection.transport();
    }

    @Override
    public boolean encrypted() {
        return established.encryption() != null;
    }

    @Override
    public boolean incoming() {
        return established.incoming();
    }

    /**
     * Always: blocks are read from their files straight into the loop's send buffer, which costs
     * less than any other way (decision 0001), also with encryption.
     */
    @Override
    public boolean zeroCopy() {
        return true;
    }

    @Override
    public Features features() {
        return established.features();
    }

    @Override
    public void send(PeerMessage message) {
        share.loop().assertOwner();
        if (closed) {
            return;
        }
        try {
            encoder.encode(message, sender.control());
        } catch (UncheckedIOException e) {
            failed(e);
            return;
        }
        if (sender.control().heldBytes() > MAX_WAITING_BYTES) {
            finish(true, UNREAD);
        } else {
            sender.wake();
        }
    }

    @Override
    public void sendBlock(int piece, int begin, BlockSource source) {
        share.loop().assertOwner();
        if (closed) {
            source.release();
        } else {
            sender.block(piece, begin, source);
        }
    }

    @Override
    public boolean withdrawBlock(int piece, int begin) {
        share.loop().assertOwner();
        return !closed && sender.withdraw(piece, begin);
    }

    @Override
    public long queuedBytes() {
        return sender.queuedBytes();
    }

    @Override
    public void pieceCount(int pieces) {
        share.loop().assertOwner();
        spec = spec.withPieceCount(pieces);
        decoder.pieceCount(pieces);
        encoder.pieceCount(pieces);
    }

    @Override
    public void suspendReading(boolean suspended) {
        share.loop().assertOwner();
        if (!closed) {
            receiver.suspend(suspended);
        }
    }

    @Override
    public long receivedBytes() {
        return receiver.receivedBytes();
    }

    @Override
    public long sentBytes() {
        return sender.sentBytes();
    }

    @Override
    public void close(String reason) {
        share.loop().assertOwner();
        finish(false, reason);
    }

    /** Memory is let go of later in the turn: the caller may stand in the middle of it. */
    private void finish(boolean violation, String reason) {
        if (closed) {
            return;
        }
        closed = true;
        // first of all: it must happen even if the transport throws
        share.loop()
                .execute(() -> {
                    release();
                    events.closed(violation, reason);
                });
        connection.close();
    }

    private void release() {
        receiver.release();
        sender.release();
        share.leave(side);
    }

    private void failed(Exception reason) {
        finish(false, reason.getMessage() == null ? "connection lost" : reason.getMessage());
    }

    @Override
    public String toString() {
        return "link to " + connection.remote();
    }

    /** Reads, which may fail. */
    private interface Reading {
        boolean run() throws IOException;
    }

    /** What others see of the link: the connection, its two paths, the loop's sweep. */
    private final class Side
            implements Connection.Handler, FrameReader.Sink, Sender.Listener, LoopShare.Member {

        @Override
        public void readable() {
            if (!closed && guarded(receiver::read)) {
                lastReadNanos = share.loop().nanoTime();
            }
        }

        /**
         * Runs a read. When the engine throws in the middle of it, the rest of what was read is
         * lost, so the link cannot go on; the exception goes on to the loop.
         */
        boolean guarded(Reading read) {
            boolean some = false;
            boolean orderly = false;
            try {
                some = read.run();
                orderly = true;
            } catch (IOException | UncheckedIOException e) {
                orderly = true;
                failed(e);
            } finally {
                if (!orderly) {
                    finish(false, "internal error");
                }
            }
            return some;
        }

        @Override
        public void writable() {
            if (!closed) {
                sender.writable();
            }
        }

        @Override
        public void broken(IOException reason) {
            failed(reason);
        }

        @Override
        public void message(PeerMessage message) {
            if (message instanceof PeerMessage.ExtendedHandshake handshake) {
                encoder.learn(handshake.extensions());
            }
            events.message(message);
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            events.block(piece, begin, data);
        }

        @Override
        public void progress(int bytes) {
            events.progress(bytes);
        }

        @Override
        public void violation(String reason) {
            finish(true, reason);
        }

        @Override
        public void blockSent(int piece, int begin, int length) {
            events.blockSent(piece, begin, length);
        }

        @Override
        public void sendFailed(IOException reason) {
            failed(reason);
        }

        @Override
        public boolean closed() {
            return closed;
        }

        @Override
        public void sweep(long nowNanos) {
            if (!receiver.interested()) {
                lastReadNanos = nowNanos; // it is we who do not listen
            }
            if (sender.control().heldBytes() <= SPARE_WAITING_BYTES) {
                sparingNanos = nowNanos;
            }
            if (nowNanos - sparingNanos >= UNREAD_NANOS) {
                finish(false, UNREAD);
            } else if (nowNanos - lastReadNanos >= SILENCE_NANOS) {
                finish(false, "nothing received for %d s".formatted(SILENCE_NANOS / 1_000_000_000));
            } else if (nowNanos - sender.lastWriteNanos() >= KEEP_ALIVE_NANOS && sender.idle()) {
                send(new PeerMessage.KeepAlive());
            }
        }

        @Override
        public void close(String reason) {
            finish(false, reason);
        }
    }
}
