package org.bittern.stream.local.internal;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.Torrent;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain.RangeListener;
import org.bittern.api.stream.RangeRequest;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who reads a file from one place on: windows that follow each other belong to one reader,
 * which is remembered for a while after its client has gone, since players come back to the same
 * byte. Guarded by the lock of {@link Readers}.
 */
final class Reader {
    private final FileId file;
    private final Torrent torrent;
    private RangeRequest window;
    private RangeListener answers;
    private @Nullable PieceDemand demand; // null while it needs nothing
    private boolean waiting;
    private long contiguous;
    private long activeNanos;
    private long torrentBytes; // downloaded when it was looked at last
    private long gatheredBytes; // of what it waits for, then

    Reader(FileId file, Torrent torrent, RangeRequest first, RangeListener answers) {
        this.file = file;
        this.torrent = torrent;
        window = first;
        this.answers = answers;
    }

    FileId file() {
        return file;
    }

    Torrent torrent() {
        return torrent;
    }

    RangeRequest window() {
        return window;
    }

    UUID requestId() {
        return window.requestId();
    }

    boolean waiting() {
        return waiting;
    }

    /** Bytes read up to the begin of the present window without a jump. */
    long contiguous() {
        return contiguous;
    }

    long activeNanos() {
        return activeNanos;
    }

    /** Whether a window goes on where this reader is. */
    boolean continuedBy(FileId other, RangeRequest next) {
        // What was granted beyond the window may have been read only in part.
        return !waiting
                && file.equals(other)
                && next.start() >= window.start()
                && next.start() <= window.end() + 1;
    }

    /** Moves on to the next window. */
    void move(RangeRequest next, RangeListener listener) {
        contiguous += next.start() - window.start();
        window = next;
        answers = listener;
    }

    /** The brain granted more than was asked for. */
    void granted(long end) {
        window = new RangeRequest(window.fileId(), window.start(), end, window.requestId());
    }

    CompletionStage<OptionalInt> need(PieceNeed need, long nowNanos) {
        activeNanos = nowNanos;
        PieceDemand present = demand;
        if (present == null) {
            present = torrent.demand();
            demand = present;
        }
        return present.need(need);
    }

    void touch(long nowNanos) {
        activeNanos = nowNanos;
    }

    void block() {
        waiting = true;
        torrentBytes = torrent.snapshot().transfer().downloadedBytes();
        gatheredBytes = 0;
    }

    /** What it waits for has come, or will not. */
    Optional<RangeListener> unblock() {
        boolean was = waiting;
        waiting = false;
        return was ? Optional.of(answers) : Optional.empty();
    }

    /**
     * How much of what it waits for is there.
     *
     * @return empty when nothing of the whole torrent came since this was asked last
     */
    Optional<CompletionStage<Long>> gathered() {
        long now = torrent.snapshot().transfer().downloadedBytes();
        if (now == torrentBytes || demand == null) {
            return Optional.empty();
        }
        torrentBytes = now;
        return Optional.of(demand.gatheredBytes());
    }

    /** Whether more of what it waits for is there than when this was told last. */
    boolean grown(long bytes) {
        boolean more = bytes > gatheredBytes;
        gatheredBytes = bytes;
        return more;
    }

    void tell(RangeAnswer answer) {
        answers.answer(answer);
    }

    /** It needs nothing any more. */
    void rest() {
        waiting = false;
        if (demand != null) {
            demand.close();
            demand = null;
        }
    }

    boolean resting() {
        return demand == null;
    }
}
