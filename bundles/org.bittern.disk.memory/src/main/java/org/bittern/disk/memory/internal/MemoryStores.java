package org.bittern.disk.memory.internal;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.engine.Subscription;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.WaitingBytes;
import org.bittern.spi.net.BufferPool;

/**
 * Pieces in memory. Thread-safe. A torrent's bytes outlive its closing and are found again when it
 * is opened again for the same directory; they go with the store, or when it is deleted.
 */
final class MemoryStores implements DiskStore, AutoCloseable {
    /** Default of {@link #waitingLimit}. */
    static final long WAITING_LIMIT_BYTES = 100L << 20;

    private static final int CLOSE_SECONDS = 5;

    private record Key(InfoHash hash, Path directory) {}

    private final BufferPool buffers;
    private final InstantSource clock;
    private final AtomicLong room;
    private final WaitingBytes waiting = new WaitingBytes(WAITING_LIMIT_BYTES);
    private final Map<Key, Content> contents = new ConcurrentHashMap<>();
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("disk-memory").daemon().factory());

    /**
     * Makes an empty store.
     *
     * @param limitBytes for all torrents
     */
    MemoryStores(BufferPool buffers, long limitBytes, InstantSource clock) {
        this.buffers = buffers;
        this.clock = clock;
        room = new AtomicLong(limitBytes);
    }

    BufferPool buffers() {
        return buffers;
    }

    ExecutorService worker() {
        return worker;
    }

    /** Whether work given to {@link #worker} now will be done. */
    boolean worksStill() {
        return !worker.isShutdown();
    }

    WaitingBytes waiting() {
        return waiting;
    }

    long nowMillis() {
        return clock.millis();
    }

    @Override
    public TorrentStore open(StoreSpec spec) {
        Key key = new Key(spec.metainfo().infoHash(), spec.directory());
        Content content = contents.computeIfAbsent(key, _ -> new Content(spec.metainfo(), room));
        return new MemoryTorrentStore(spec, content, this);
    }

    @Override
    public long waitingBytes() {
        return waiting.waitingBytes();
    }

    @Override
    public void waitingLimit(long bytes) {
        waiting.limit(bytes);
    }

    @Override
    public boolean congested() {
        return waiting.congested();
    }

    @Override
    public Subscription onRelief(Runnable relieved) {
        return waiting.onRelief(relieved);
    }

    /** Finishes what was asked for, then forgets everything. Bounded; idempotent. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                worker.shutdownNow().forEach(Runnable::run); // releases the blocks
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        contents.clear();
    }
}
