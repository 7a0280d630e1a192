package org.bittern.engine.internal;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.engine.internal.queue.Wish;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/** When what happened to a torrent, and for how long. Owned by the torrent's loop. */
final class Chronicle {
    private final EventLoop loop;
    private final Instant added;
    private @Nullable Instant started; // null until the first start in this process
    private @Nullable Instant completed; // null until the wanted files were complete
    private @Nullable Instant active; // null until the first payload
    private @Nullable Instant edited; // null until something was changed by the user
    private boolean moved; // payload, in this run
    private long activeMarkNanos;
    private long downloadingNanos;
    private long seedingNanos;
    private long sinceNanos;

    Chronicle(EventLoop loop, Beginning beginning) {
        this.loop = loop;
        added = beginning.added();
        sinceNanos = loop.nanoTime();
        beginning
                .resume()
                .ifPresent(data -> {
                    completed = data.totals().completed().orElse(null);
                    active = data.totals().active().orElse(null);
                    edited = data.totals().edited().orElse(null);
                    seedingNanos = TimeUnit.SECONDS.toNanos(data.totals().seedingSeconds());
                    downloadingNanos =
                            TimeUnit.SECONDS.toNanos(data.totals().activeSeconds()) - seedingNanos;
                });
    }

    void started() {
        started = loop.now();
    }

    void completed() {
        completed = loop.now();
    }

    /** Something was changed by the user. */
    void edited() {
        edited = loop.now();
    }

    /** Payload moved. Called for every block, so the wall clock is asked once a second. */
    void active() {
        long now = loop.nanoTime();
        if (!moved || now - activeMarkNanos > TimeUnit.SECONDS.toNanos(1)) {
            moved = true;
            activeMarkNanos = now;
            active = loop.now();
        }
    }

    /** Nanoseconds since payload moved in this run; a large number when none has. */
    long idleNanos(long nowNanos) {
        return moved ? nowNanos - activeMarkNanos : Long.MAX_VALUE;
    }

    /** Time of seeding over all runs, nanoseconds. */
    long seedingNanos(TorrentState state) {
        passed(state);
        return seedingNanos;
    }

    /** A state has ended. */
    void passed(TorrentState state) {
        long now = loop.nanoTime();
        switch (state) {
            case METADATA, DOWNLOADING -> downloadingNanos += now - sinceNanos;
            case SEEDING, FINISHED -> seedingNanos += now - sinceNanos;
            case CHECK_QUEUED, CHECKING, DOWNLOAD_QUEUED, SEED_QUEUED, PAUSED, STOPPED, ERROR -> {}
        }
        sinceNanos = now;
    }

    TorrentSnapshot.Times times(TorrentState state) {
        passed(state);
        boolean counts = Visible.activity(state) != Wish.NONE;
        return new TorrentSnapshot.Times(
                added,
                started,
                completed,
                active,
                edited,
                TimeUnit.NANOSECONDS.toSeconds(downloadingNanos),
                TimeUnit.NANOSECONDS.toSeconds(seedingNanos),
                counts ? loop.now() : null);
    }
}
