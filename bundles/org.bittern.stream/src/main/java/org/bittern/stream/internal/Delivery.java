package org.bittern.stream.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings bytes of one file to one client, window by window: the brain is asked for a window, waited
 * for, and what it grants is read and sent. Used by the thread of its request, which blocks
 * (virtual threads make that cheap); {@link #end} may be called by any thread.
 *
 * <p>Windows grow as long as each is there when it is asked for. When one has to be waited for they
 * begin small again: all of a window comes before any of it, and a player that has nothing in hand
 * must not wait for a mebibyte.
 *
 * <p>While it waits it holds no buffer, and watches the client: a seek leaves the old request
 * behind, which must not go on pulling data.
 */
final class Delivery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);
    private static final int BUFFER_BYTES = 128 << 10;

    private final Exchange exchange;
    private final Source source;
    private final StreamFile file;
    private final RangeBrain brain;
    private final Limits limits;
    private final LongSupplier nanos;
    private final long beganNanos;
    private volatile @Nullable Window window; // the one asked for last
    private volatile @Nullable Ending ending; // why it was ended from outside
    private int windowBytes;
    private boolean unsent; // something was written that may not have left us
    private boolean over; // guarded by this

    /**
     * Begins with nothing sent.
     *
     * @param source closed with it
     * @param beganNanos when its client asked: it may have waited for the file to be known
     */
    Delivery(Exchange exchange, Source source, Limits limits, LongSupplier nanos, long beganNanos) {
        this.exchange = exchange;
        this.source = source;
        file = source.entry().file();
        brain = source.entry().brain();
        this.limits = limits;
        this.nanos = nanos;
        this.beganNanos = beganNanos;
        windowBytes = limits.firstWindow();
    }

    /** What is being read. */
    String fileId() {
        return file.id();
    }

    /** Ends it from outside; bodies are broken off. */
    void end(String reason) {
        end(new Ending(Ending.Cause.US, OptionalInt.of(503), reason));
        synchronized (this) { // not a loop: it is about two threads and one flag
            if (!over && exchange.committed()) {
                exchange.abort(); // it may be blocked in a write
            }
        }
    }

    private void end(Ending why) {
        ending = why;
        source.abandon();
        Window present = window;
        if (present != null) {
            present.interrupt();
        }
    }

    /**
     * Sends a part of the file.
     *
     * @throws Ending when the rest will not be sent
     * @throws IOException when the client has gone or the file cannot be read
     */
    void send(RangeHeader.Bytes part) throws Ending, IOException, InterruptedException {
        long position = part.start();
        long granted = position - 1;
        try {
            while (position <= part.end()) {
                long last = Math.min(part.end(), position + windowBytes - 1);
                granted = Math.min(part.end(), grant(position, last, granted));
                position = copy(position, granted);
            }
        } catch (Ending | IOException | InterruptedException e) {
            forget();
            throw e;
        }
    }

    /** The brain need not care for this client any more. */
    private void forget() {
        Window present = window;
        if (present != null) {
            brain.cancel(present.request().requestId());
        }
    }

    // ---- asking and waiting

    /**
     * The last byte that may be read.
     *
     * @param before the same as the brain said it last; not before {@code start} when that is long
     *     ago, and not all of it was sent
     */
    private long grant(long start, long end, long before)
            throws Ending, IOException, InterruptedException {
        Window asked =
                new Window(new RangeRequest(file.id(), start, end, UUID.randomUUID()), nanos);
        window = asked;
        checkEnding();
        brain.request(asked.request(), asked);
        RangeAnswer answer = asked.await(Window.BRIEF_NANOS);
        if (answer == null) {
            answer = await(asked);
        }
        checkEnding();
        windowBytes =
                answer instanceof RangeAnswer.Ready
                        ? limits.firstWindow()
                        : Math.min(limits.lastWindow(), 2 * windowBytes);
        return switch (answer) {
            case RangeAnswer.Available there -> end(there.end(), end);
            case RangeAnswer.Ready there -> end(there.end(), end);
            case RangeAnswer.Reject no -> throw rejected(no.status(), no.reason());
            case RangeAnswer.Gone gone -> {
                if (before < start || asked.wasBlocked()) {
                    throw rejected(OptionalInt.of(503), gone.reason());
                }
                yield before;
            }
            case RangeAnswer.Block ignored -> throw new IllegalStateException("not a last word");
            case RangeAnswer.Progress ignored -> throw new IllegalStateException("not a last word");
        };
    }

    private RangeAnswer await(Window asked) throws Ending, IOException, InterruptedException {
        if (unsent) {
            unsent = false;
            exchange.flush(); // the server keeps short writes for itself, hoping for more
        }
        try (Exchange.Watch _ = exchange.watch(() -> end(Ending.gone()))) {
            while (true) {
                RangeAnswer answer = asked.await(patience(asked));
                checkEnding();
                if (answer != null) {
                    return answer;
                }
                long now = nanos.getAsLong();
                if (now - asked.lastSign() >= limits.longestWait().toNanos()) {
                    throw new Ending(
                            Ending.Cause.BRAIN,
                            OptionalInt.of(503),
                            "no data for " + limits.longestWait().toSeconds() + " s");
                }
                if (!exchange.committed() && now - beganNanos >= limits.commitAfter().toNanos()) {
                    exchange.commit();
                }
            }
        }
    }

    /** How long nothing can happen that is not told. */
    private long patience(Window asked) {
        long now = nanos.getAsLong();
        long untilGivenUp = asked.lastSign() + limits.longestWait().toNanos() - now;
        long untilCommit =
                exchange.committed()
                        ? Long.MAX_VALUE
                        : beganNanos + limits.commitAfter().toNanos() - now;
        return Math.max(1, Math.min(untilGivenUp, untilCommit));
    }

    private void checkEnding() throws Ending {
        Ending why = ending;
        if (why != null) {
            throw why;
        }
    }

    private static long end(OptionalLong told, long asked) {
        return Math.max(told.orElse(asked), asked);
    }

    private Ending rejected(OptionalInt status, String reason) {
        window = null; // it is over for the brain as well
        return new Ending(Ending.Cause.BRAIN, status, reason);
    }

    // ---- reading and writing

    /**
     * Sends what was granted, and reads on meanwhile.
     *
     * @return the first byte that was not sent: the grant grows old
     */
    private long copy(long start, long end) throws Ending, IOException, InterruptedException {
        long began = nanos.getAsLong();
        long position = start;
        OutputStream body = exchange.body();
        ByteBuffer buffer = begin(ByteBuffer.allocate(size(position, end)), position, end);
        ByteBuffer other = null;
        while (position <= end) {
            finish();
            position += buffer.position();
            ByteBuffer next = null;
            if (position <= end) {
                ByteBuffer free = other == null ? ByteBuffer.allocate(size(position, end)) : other;
                next = begin(free, position, end);
            }
            body.write(buffer.array(), 0, buffer.position());
            unsent = true;
            checkEnding();
            if (next == null || nanos.getAsLong() - began >= Limits.GRANT.toNanos()) {
                return position;
            }
            other = buffer;
            buffer = next;
        }
        return position;
    }

    private static int size(long position, long end) {
        return (int) Math.min(BUFFER_BYTES, end - position + 1);
    }

    private ByteBuffer begin(ByteBuffer buffer, long position, long end)
            throws Ending, InterruptedException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - position + 1));
        try {
            source.begin(buffer, position);
            return buffer;
        } catch (NoSuchFileException e) {
            throw trouble("is not there");
        } catch (IOException e) {
            throw trouble("cannot be read: " + e.getMessage());
        }
    }

    /** The buffer that was begun last has bytes now. */
    private void finish() throws Ending, InterruptedException {
        try {
            if (source.finish() <= 0) {
                throw trouble("is shorter than it should be");
            }
        } catch (IOException e) {
            throw trouble("cannot be read: " + e.getMessage());
        }
    }

    private Ending trouble(String trouble) throws Ending {
        checkEnding();
        log.warn("{} {}", file.path(), trouble);
        return new Ending(Ending.Cause.BRAIN, OptionalInt.of(503), "the file " + trouble);
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true; // the connection may serve another request from now on
        }
        source.close();
    }
}
