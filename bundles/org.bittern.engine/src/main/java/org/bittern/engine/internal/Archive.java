package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores torrents and their resume data one by one, never on a loop: on a thread that lives while
 * there is something. What waits for the disk is one entry per torrent: a newer state takes the
 * place of an older one, and so the memory is bounded by the number of torrents.
 *
 * <p>Thread-safe. A lock and not a loop, because storing blocks.
 */
final class Archive {
    private static final Logger log = LoggerFactory.getLogger(Archive.class);

    /** What is to be stored of one torrent. */
    private static final class Job {
        byte @Nullable [] source; // null: stored already
        @Nullable Supplier<byte[]> resume; // null: not changed
        boolean remove;
        final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    }

    private final Optional<SessionState> state;
    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<InfoHash, Job> jobs = new LinkedHashMap<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private boolean working; // a thread is storing
    private boolean closed;

    /**
     * @param state empty: nothing outlives the engine
     */
    Archive(Optional<SessionState> state, Surroundings surroundings) {
        this.state = state;
        this.surroundings = surroundings;
    }

    /** Where the session lies; empty when nothing outlives the engine. */
    Optional<Path> directory() {
        return state.flatMap(SessionState::directory);
    }

    /** False when nothing is stored. */
    boolean keeps() {
        return state.isPresent();
    }

    /**
     * Stores a torrent with its first resume data.
     *
     * @param source bytes of the torrent file, or the magnet link as UTF-8
     * @return done when both are on the disk
     */
    CompletableFuture<@Nullable Void> torrent(
            InfoHash infoHash, byte[] source, Supplier<byte[]> resume) {
        return queue(
                infoHash,
                job -> {
                    job.remove = false;
                    job.source = source;
                    job.resume = resume;
                });
    }

    /**
     * Stores resume data.
     *
     * @param resume encodes it, on the archive's thread
     */
    CompletableFuture<@Nullable Void> resume(InfoHash infoHash, Supplier<byte[]> resume) {
        return queue(infoHash, job -> job.resume = resume);
    }

    /** Forgets a torrent. */
    CompletableFuture<@Nullable Void> remove(InfoHash infoHash) {
        return queue(
                infoHash,
                job -> {
                    job.source = null;
                    job.resume = null;
                    job.remove = true;
                });
    }

    /**
     * Takes nothing more.
     *
     * @return done when everything is stored
     */
    CompletableFuture<@Nullable Void> close() {
        boolean idle;
        lock.lock();
        try {
            closed = true;
            idle = !working;
        } finally {
            lock.unlock();
        }
        if (idle) {
            ended.complete(null);
        }
        return ended;
    }

    /** Ends at once: what is still queued is not stored, and whoever waits for it is told. */
    void giveUp() {
        List<Job> dropped;
        lock.lock();
        try {
            closed = true;
            dropped = List.copyOf(jobs.values());
            jobs.clear();
        } finally {
            lock.unlock();
        }
        if (!dropped.isEmpty()) {
            log.warn("{} torrents were not stored in time", dropped.size());
            dropped.forEach(job -> job.done.completeExceptionally(Clerk.notRunning()));
        }
    }

    private CompletableFuture<@Nullable Void> queue(InfoHash infoHash, Consumer<Job> change) {
        if (state.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(Clerk.notRunning());
            }
            Job job = jobs.computeIfAbsent(infoHash, hash -> new Job());
            change.accept(job);
            if (!working) {
                working = true;
                surroundings.startOnFiles("bt-archive", () -> work(state.get()));
            }
            return job.done;
        } finally {
            lock.unlock();
        }
    }

    private void work(SessionState open) {
        for (var next = take(); next != null; next = take()) {
            store(open, next.getKey(), next.getValue());
        }
    }

    /** The oldest job, or null when there is none: then nobody works any more. */
    private Map.@Nullable Entry<InfoHash, Job> take() {
        lock.lock();
        try {
            var oldest = jobs.entrySet().iterator();
            if (!oldest.hasNext()) {
                working = false;
                if (closed) {
                    ended.completeAsync(() -> null, task -> surroundings.start("bt-archive", task));
                }
                return null;
            }
            Map.Entry<InfoHash, Job> entry = oldest.next();
            oldest.remove();
            return Map.entry(entry.getKey(), entry.getValue());
        } finally {
            lock.unlock();
        }
    }

    private static void store(SessionState open, InfoHash infoHash, Job job) {
        try {
            if (job.remove && job.source == null) {
                open.removeTorrent(infoHash);
            }
            if (job.source != null) {
                open.saveTorrent(infoHash, job.source);
            }
            if (job.resume != null) {
                open.saveResume(infoHash, job.resume.get());
            }
            job.done.complete(null);
        } catch (IOException e) {
            log.warn("{} cannot be stored: {}", infoHash.shortHex(), e.getMessage());
            job.done.completeExceptionally(e);
        } catch (RuntimeException e) {
            log.error("{} cannot be stored", infoHash.shortHex(), e);
            job.done.completeExceptionally(e);
        }
    }
}
