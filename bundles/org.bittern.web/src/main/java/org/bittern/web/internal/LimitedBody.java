package org.bittern.web.internal;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, counted and timed while it is read. Owned by the request's thread.
 *
 * <p>The limits keep hostile clients within the heap: bodies above {@value #LARGE_BYTES} bytes take
 * turns, and whoever sends slower than {@value #LEAST_BYTES_PER_SECOND} bytes a second loses his.
 */
final class LimitedBody extends ServletInputStream {
    static final int LARGE_BYTES = 1 << 20;
    static final int LARGE_AT_ONCE = 2;
    static final int LEAST_BYTES_PER_SECOND = 16 << 10;

    /** On top of what the least rate allows. */
    static final Duration GRACE = Duration.ofSeconds(20);

    private static final int TURN_SECONDS = 20;

    private final ServletInputStream in;
    private final long limit;
    private final Semaphore large;
    private final InstantSource clock;
    private final Instant begin;
    private long count;
    private boolean holdsTurn;
    private @Nullable Refusal refusal; // null while all is well

    LimitedBody(ServletInputStream in, long limit, Semaphore large, InstantSource clock) {
        this.in = in;
        this.limit = limit;
        this.large = large;
        this.clock = clock;
        begin = clock.instant();
    }

    /** Why reading ended early; null when it did not. */
    @Nullable Refusal refusal() {
        return refusal;
    }

    static Refusal tooLarge(long limit) {
        return new Refusal(413, "PayloadTooLarge", "a body may have " + limit + " bytes here")
                .with("Connection", "close");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (refusal != null) {
            throw new IOException(refusal.message());
        }
        int read;
        try {
            read = in.read(bytes, offset, length);
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException ? refuse(tooSlow()) : e;
        }
        count += Math.max(read, 0);
        if (count > limit) {
            throw refuse(tooLarge(limit));
        }
        Duration allowed = GRACE.plusSeconds(count / LEAST_BYTES_PER_SECOND);
        if (Duration.between(begin, clock.instant()).compareTo(allowed) > 0) {
            throw refuse(tooSlow());
        }
        if (count > LARGE_BYTES && !holdsTurn) {
            takeTurn();
        }
        return read;
    }

    private void takeTurn() throws IOException {
        try {
            holdsTurn = large.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!holdsTurn) {
            throw refuse(new Refusal(503, "Busy", "too many large bodies at once; try again"));
        }
    }

    private static Refusal tooSlow() {
        return new Refusal(408, "RequestTimeout", "the body did not arrive in time")
                .with("Connection", "close");
    }

    private IOException refuse(Refusal why) {
        refusal = why;
        return new IOException(why.message());
    }

    /** The request is over. */
    void release() {
        if (holdsTurn) {
            holdsTurn = false;
            large.release();
        }
    }

    @Override
    public boolean isFinished() {
        return in.isFinished();
    }

    @Override
    public boolean isReady() {
        return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        throw new IllegalStateException("bodies are read by the thread of the request");
    }
}
