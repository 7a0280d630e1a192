package org.bittern.engine.internal;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.PieceNeed;
import org.jspecify.annotations.Nullable;

/**
 * One reader as callers see it: posts what it needs to the torrent's loop. The methods of the
 * interface are for any thread; all else belongs to the loop.
 */
final class DemandHandle implements PieceDemand {
    /** Longer than this nobody counts as new: what it waits for may be nowhere. */
    private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final TorrentHandle torrent;
    private @Nullable PieceNeed need; // null until the first one, and when closed
    private @Nullable CompletableFuture<OptionalInt> waiting; // null once it was answered
    private boolean answered; // got what it waited for, at least once
    private long joinedNanos;
    private boolean closed;

    DemandHandle(TorrentHandle torrent) {
        this.torrent = torrent;
    }

    @Override
    public CompletionStage<OptionalInt> need(PieceNeed next) {
        CompletableFuture<OptionalInt> answer = new CompletableFuture<>();
        torrent.post(core -> move(core, next, answer), answer);
        return answer;
    }

    private void move(TorrentCore core, PieceNeed next, CompletableFuture<OptionalInt> answer) {
        if (closed) {
            torrent.complete(answer, OptionalInt.empty());
            return;
        }
        satisfied(OptionalInt.empty());
        PieceNeed before = need;
        need = next;
        waiting = answer;
        try {
            core.downloadsOf().demands().moved(this, next);
        } catch (EngineException e) {
            need = before;
            waiting = null;
            throw e;
        }
    }

    @Override
    public CompletionStage<Long> gatheredBytes() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        torrent.post(core -> torrent.complete(answer, gathered(core.content())), answer);
        return answer;
    }

    private long gathered(@Nullable Content content) {
        PieceNeed present = need;
        return present == null || content == null
                ? 0
                : content.gatheredBytes(present.first().first(), present.first().last());
    }

    @Override
    public void close() {
        torrent.loop()
                .execute(() -> {
                    closed = true;
                    need = null;
                    satisfied(OptionalInt.empty());
                    torrent.core().downloadsOf().demands().closed(this);
                });
    }

    /** What it waits for; null when it does not. */
    @Nullable PieceNeed present() {
        return waiting == null ? null : need;
    }

    /** What it asked for last, waiting or not. */
    @Nullable PieceNeed last() {
        return need;
    }

    void joined(long nowNanos) {
        joinedNanos = nowNanos;
    }

    /** Whether it has begun a moment ago and got nothing yet. */
    boolean isNew(long nowNanos) {
        return !answered && nowNanos - joinedNanos < NEW_NANOS;
    }

    void satisfied(OptionalInt lastPiece) {
        CompletableFuture<OptionalInt> answer = waiting;
        if (answer != null) {
            waiting = null;
            answered |= lastPiece.isPresent();
            torrent.complete(answer, lastPiece);
        }
    }

    void failed(EngineException failure) {
        closed = true;
        need = null;
        CompletableFuture<OptionalInt> answer = waiting;
        if (answer != null) {
            waiting = null;
            torrent.fail(answer, failure);
        }
    }
}
