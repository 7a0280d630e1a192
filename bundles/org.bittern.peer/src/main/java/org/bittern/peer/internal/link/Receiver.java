package org.bittern.peer.internal.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bittern.peer.internal.mse.Rc4;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.LinkState;
import org.jspecify.annotations.Nullable;

/**
 * The receive path of a link: one large read per readiness event, into the rest of an incomplete
 * block and then into the loop's buffer. Owned by the link.
 *
 * <p>It stops reading while the engine asks for it or the rate limit grants nothing; then the
 * kernel's buffer fills up and the peer notices.
 */
final class Receiver {
    /** Shortest pause when the rate limit grants nothing. */
    static final long MIN_PAUSE_NANOS = 2_000_000;

    private final Connection connection;
    private final LoopShare share;
    private final RateLimit limit;
    private final boolean limited;
    private final FrameReader frames;
    private final @Nullable Rc4 cipher; // null: plaintext
    private final ByteBuffer[] targets = new ByteBuffer[2];

    private boolean suspended;
    private EventLoop.@Nullable Timer pause; // null unless the rate limit granted nothing
    private boolean interested = true;
    private long receivedBytes;

    Receiver(
            Connection connection,
            LoopShare share,
            RateLimit limit,
            FrameReader frames,
            @Nullable Rc4 cipher) {
        this.connection = connection;
        this.share = share;
        this.limit = limit;
        limited = !limit.equals(RateLimit.NONE);
        this.frames = frames;
        this.cipher = cipher;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    /** Whether it would read what comes. */
    boolean interested() {
        return interested;
    }

    /** Takes bytes that were read with the handshake, already decrypted. */
    void early(ByteBuffer bytes) {
        receivedBytes += bytes.remaining();
        frames.consume(bytes);
    }

    /** What another one needs to go on; then {@link #release}. */
    LinkState.Receiving leave() {
        return new LinkState.Receiving(
                Optional.ofNullable(cipher).map(Rc4::leave),
                frames.begun(),
                frames.skipped(),
                suspended,
                receivedBytes);
    }

    /** Goes on where another one has stopped; before anything else. */
    void resume(LinkState.Receiving left) {
        receivedBytes = left.bytes();
        frames.resume(left.begun(), left.skipped());
        suspend(left.suspended());
    }

    void suspend(boolean wanted) {
        suspended = wanted;
        updateInterest();
    }

    /**
     * Reads once.
     *
     * @return whether something came
     */
    boolean read() throws IOException {
        if (!interested) {
            return false;
        }
        ByteBuffer rest = frames.rest();
        ByteBuffer shared = share.receiveRoom();
        int restRoom = rest == null ? 0 : rest.remaining();
        int granted = grant(restRoom + shared.remaining());
        if (granted == 0) {
            return false;
        }
        long payloadBefore = frames.payloadBytes();
        int bytes = 0;
        try {
            bytes = read(rest, Math.min(restRoom, granted), shared, granted);
            deliver(rest, Math.min(restRoom, bytes), shared);
        } finally {
            settle(granted, (int) (frames.payloadBytes() - payloadBefore));
        }
        return bytes > 0;
    }

    private int read(@Nullable ByteBuffer rest, int restRoom, ByteBuffer shared, int granted)
            throws IOException {
        shared.limit(Math.min(shared.capacity(), granted - restRoom));
        int count = 0;
        int restLimit = 0;
        if (rest != null) {
            restLimit = rest.limit();
            rest.limit(rest.position() + restRoom);
            targets[count++] = rest;
        }
        if (shared.hasRemaining()) {
            targets[count++] = shared;
        }
        long bytes = connection.read(targets, 0, count);
        if (rest != null) {
            rest.limit(restLimit);
        }
        if (bytes < 0) {
            throw new EOFException("closed by the peer");
        }
        receivedBytes += bytes;
        return (int) bytes;
    }

    private void deliver(@Nullable ByteBuffer rest, int toRest, ByteBuffer shared) {
        shared.flip();
        if (cipher != null) {
            if (rest != null && toRest > 0) {
                cipher.apply(rest.duplicate().flip().position(rest.position() - toRest));
            }
            cipher.apply(shared);
        }
        if (toRest > 0) {
            frames.restRead(toRest);
        }
        frames.consume(shared);
    }

    private int grant(int wanted) {
        if (!limited) {
            return wanted;
        }
        int granted = limit.take(wanted);
        if (granted == 0) {
            long nanos = Math.max(MIN_PAUSE_NANOS, limit.nanosUntilMore());
            pause = share.loop().schedule(nanos, this::resume);
            updateInterest();
        }
        return granted;
    }

    /** Only payload counts: what was granted for something else goes back. */
    private void settle(int granted, int payload) {
        if (limited && granted > payload) {
            limit.giveBack(granted - payload);
        }
    }

    private void resume() {
        pause = null;
        updateInterest();
    }

    private void updateInterest() {
        boolean wanted = !suspended && pause == null;
        if (wanted != interested) {
            interested = wanted;
            connection.readInterest(wanted);
        }
    }

    /** Lets go of memory and timers. */
    void release() {
        if (pause != null) {
            pause.cancel();
        }
        interested = false;
        frames.release();
    }
}
