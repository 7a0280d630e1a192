package org.bittern.engine.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.bittern.api.engine.EngineStatistics;
import org.bittern.api.engine.EngineStatistics.Totals;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/** What a session moved, in this run and in all. Thread-safe. */
final class Statistics {
    private static final String SECTION = "statistics";
    private static final long SAVE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Payload of this run, bytes. */
    final LongAdder downloaded = new LongAdder();

    /** Payload of this run, bytes. */
    final LongAdder uploaded = new LongAdder();

    private final LongAdder torrentsAdded = new LongAdder();
    private final LongAdder filesAdded = new LongAdder();
    private final SessionScope scope;
    private final Instant started;
    private final Totals before;
    private volatile boolean closed;
    private volatile EventLoop.Timer timer = () -> {};
    private long movedAtSave; // owned by the loop that keeps

    Statistics(SessionScope scope, Ledger ledger) {
        this.scope = scope;
        started = scope.now();
        before = read(ledger.stored(SECTION));
        ledger.section(SECTION, () -> tree(all().total()));
    }

    /**
     * A torrent was added.
     *
     * @param metainfo null while it is a magnet link: its files are counted later
     */
    void added(@Nullable Metainfo metainfo) {
        torrentsAdded.increment();
        if (metainfo != null) {
            filesAdded(metainfo.pieces().fileCount());
        }
    }

    void filesAdded(int count) {
        filesAdded.add(count);
    }

    EngineStatistics all() {
        Totals now =
                new Totals(
                        downloaded.sum(),
                        uploaded.sum(),
                        torrentsAdded.sum(),
                        filesAdded.sum(),
                        1,
                        Math.max(0, Duration.between(started, scope.now()).toSeconds()));
        return new EngineStatistics(
                now,
                new Totals(
                        before.downloadedBytes() + now.downloadedBytes(),
                        before.uploadedBytes() + now.uploadedBytes(),
                        before.torrentsAdded() + now.torrentsAdded(),
                        before.filesAdded() + now.filesAdded(),
                        before.sessions() + now.sessions(),
                        before.secondsActive() + now.secondsActive()));
    }

    /** Stores the sums from time to time while something moves: a crash costs a minute of them. */
    void keep(EventLoop loop) {
        if (scope.archive().keeps()) {
            timer =
                    loop.schedule(
                            SAVE_NANOS,
                            () -> {
                                long moved = downloaded.sum() + uploaded.sum();
                                if (moved != movedAtSave && !closed) {
                                    movedAtSave = moved;
                                    var _ = scope.ledger().save();
                                }
                                if (!closed) {
                                    keep(loop);
                                }
                            });
        }
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    private static Map<String, Object> tree(Totals totals) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("downloaded-bytes", totals.downloadedBytes());
        tree.put("uploaded-bytes", totals.uploadedBytes());
        tree.put("torrents-added", totals.torrentsAdded());
        tree.put("files-added", totals.filesAdded());
        tree.put("session-count", totals.sessions());
        tree.put("seconds-active", totals.secondsActive());
        return tree;
    }

    private static Totals read(Optional<Object> stored) {
        Map<?, ?> tree =
                stored.isPresent() && stored.get() instanceof Map<?, ?> map ? map : Map.of();
        return new Totals(
                count(tree, "downloaded-bytes"),
                count(tree, "uploaded-bytes"),
                count(tree, "torrents-added"),
                count(tree, "files-added"),
                count(tree, "session-count"),
                count(tree, "seconds-active"));
    }

    private static long count(Map<?, ?> tree, String key) {
        return tree.get(key) instanceof Number number ? Math.max(0, number.longValue()) : 0;
    }
}
