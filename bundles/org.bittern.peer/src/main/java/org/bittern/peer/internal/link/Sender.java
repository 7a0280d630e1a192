package org.bittern.peer.internal.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bittern.peer.internal.mse.Rc4;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * The send path of a link: messages, heads and blocks are put together in the loop's send buffer
 * and written at once, at the end of the turn or when the transport takes more. Owned by the link.
 *
 * <p>After a short write only the position is kept, and blocks are read again later, so that a slow
 * peer holds no send buffer. Encrypted bytes cannot be made twice: only these are kept, and what a
 * link that was left had begun ({@link LinkState}).
 */
final class Sender {
    /** Bytes written in one turn; other links want their share of it. */
    static final int TURN_BYTES = 1 << 20;

    private final Connection connection;
    private final LoopShare share;
    private final RateLimit limit;
    private final Listener listener;
    private final @Nullable Rc4 cipher; // null: plaintext
    private final OutQueue queue;
    private final ByteBuffer[] sources = new ByteBuffer[1];

    private boolean flushQueued;
    private boolean transportFull;
    private EventLoop.@Nullable Timer pause; // null unless blocks wait for the rate limit
    private @Nullable ByteBuffer sealed; // null unless bytes wait that cannot be made again
    private @Nullable PooledBuffer sealedMemory; // theirs; null also when it is not of the pool
    private boolean released;
    private long sentBytes;
    private long lastWriteNanos;

    /** Who hears what became of it. */
    interface Listener {
        void blockSent(int piece, int begin, int length);

        void sendFailed(IOException reason);

        /** True when nobody listens any more. */
        boolean closed();
    }

    Sender(
            Connection connection,
            LoopShare share,
            RateLimit limit,
            Listener listener,
            @Nullable Rc4 cipher) {
        this.connection = connection;
        this.share = share;
        this.limit = limit;
        this.listener = listener;
        this.cipher = cipher;
        queue = new OutQueue(share.loop().buffers(), limit);
        lastWriteNanos = share.loop().nanoTime();
    }

    long sentBytes() {
        return sentBytes;
    }

    long queuedBytes() {
        return queue.waitingBytes() + (sealed == null ? 0 : sealed.remaining());
    }

    /**
     * Whether nothing is on its way out: blocks that the rate limit holds back do not count, and
     * may wait for minutes.
     */
    boolean idle() {
        return !transportFull && queue.control().waitingBytes() == 0;
    }

    /** When something was written last. */
    long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** Where messages go; {@link #wake} afterwards. */
    ControlQueue control() {
        return queue.control();
    }

    void block(int piece, int begin, BlockSource source) {
        queue.add(new OutBlock(piece, begin, source));
        wake();
    }

    boolean withdraw(int piece, int begin) {
        return queue.withdraw(piece, begin);
    }

    /** Sees to it that what waits is written at the end of the turn. */
    void wake() {
        if (!flushQueued && !transportFull && !released) {
            flushQueued = true;
            share.loop().execute(this::flush);
        }
    }

    /** The transport takes more. */
    void writable() {
        transportFull = false;
        flush();
        if (!transportFull && !listener.closed()) {
            connection.writeInterest(false);
        }
    }

    private void flush() {
        flushQueued = false;
        if (released || transportFull || listener.closed()) {
            return;
        }
        try {
            drain();
        } catch (IOException e) {
            listener.sendFailed(e);
            return;
        }
        if (transportFull) {
            connection.writeInterest(true);
        } else if (!listener.closed() && queue.starved() && pause == null) {
            long nanos = Math.max(Receiver.MIN_PAUSE_NANOS, limit.nanosUntilMore());
            pause = share.loop().schedule(nanos, this::resume);
        }
    }

    private void resume() {
        pause = null;
        flush();
    }

    private void drain() throws IOException {
        int turn = 0;
        writeSealed();
        while (!transportFull && !listener.closed()) {
            if (turn >= TURN_BYTES) {
                wake();
                return;
            }
            ByteBuffer out = share.sendRoom();
            queue.copyTo(out);
            out.flip();
            if (!out.hasRemaining()) {
                return;
            }
            turn += out.remaining();
            if (cipher == null) {
                queue.written(write(out));
            } else {
                cipher.apply(out);
                queue.written(out.remaining());
                write(out);
                keepSealed(out);
            }
            tellFinished();
        }
    }

    private int write(ByteBuffer out) throws IOException {
        sources[0] = out;
        int bytes = (int) connection.write(sources, 0, 1);
        if (bytes > 0) {
            sentBytes += bytes;
            lastWriteNanos = share.loop().nanoTime();
        }
        transportFull = out.hasRemaining();
        return bytes;
    }

    private void keepSealed(ByteBuffer out) throws IOException {
        if (out.hasRemaining()) {
            PooledBuffer kept = LinkMemory.take(share.loop().buffers(), out.remaining());
            sealedMemory = kept;
            sealed = kept.bytes().put(out).flip();
        }
    }

    private void writeSealed() throws IOException {
        if (sealed != null) {
            write(sealed);
            if (!sealed.hasRemaining()) {
                releaseSealed();
                tellFinished();
            }
        }
    }

    private void releaseSealed() {
        sealed = null;
        if (sealedMemory != null) {
            sealedMemory.release();
            sealedMemory = null;
        }
    }

    private void tellFinished() {
        if (sealed == null) {
            for (PeerMessage.Request block : queue.takeFinished()) {
                if (!listener.closed()) {
                    listener.blockSent(block.piece(), block.begin(), block.length());
                }
            }
        }
    }

    /**
     * What another one needs to go on; then {@link #release}.
     *
     * @throws IOException a block that has begun cannot be read
     */
    LinkState.Sending leave() throws IOException {
        ByteBuffer begun = queue.takeBegun();
        if (cipher != null) {
            cipher.apply(begun);
        }
        ByteBuffer before = sealed == null ? ByteBuffer.allocate(0) : sealed;
        byte[] first =
                ByteBuffer.allocate(before.remaining() + begun.remaining())
                        .put(before)
                        .put(begun)
                        .array();
        return new LinkState.Sending(
                Optional.ofNullable(cipher).map(Rc4::leave),
                first,
                queue.takeFinished(),
                queue.takeBlocks(),
                sentBytes);
    }

    /** Goes on where another one has stopped; before anything else. */
    void resume(LinkState.Sending left) {
        sentBytes = left.bytes();
        if (left.first().length > 0) {
            sealed = ByteBuffer.wrap(left.first());
        }
        queue.finished(left.ending());
        left.blocks().forEach(block -> block(block.piece(), block.begin(), block.source()));
        wake();
    }

    /** Lets go of memory, sources and timers. */
    void release() {
        released = true;
        if (pause != null) {
            pause.cancel();
        }
        releaseSealed();
        queue.release();
    }
}
