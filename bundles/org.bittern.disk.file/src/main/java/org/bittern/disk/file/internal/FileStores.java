package org.bittern.disk.file.internal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.api.engine.Subscription;
import org.bittern.api.files.PathThreads;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.WaitingBytes;
import org.bittern.spi.net.BufferPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pieces in files. Thread-safe. Owns the threads, one set per device, and the table of open files;
 * knows no OSGi.
 */
final class FileStores implements DiskStore, AutoCloseable {
    /** Default of {@link #waitingLimit}. */
    static final long WAITING_LIMIT_BYTES = 100L << 20;

    /** Bytes that are read at a time for hashing, copying and warming: fits a core's own cache. */
    static final int SCRATCH_BYTES = 256 << 10;

    /** How long closing waits for torrents to end what they were asked for. */
    private static final int CLOSE_SECONDS = 3;

    private static final Logger log = LoggerFactory.getLogger(FileStores.class);

    private final Volume volume;
    private final BufferPool buffers;
    private final Limits limits;
    private final LongSupplier nanos;
    private final WaitingBytes waiting = new WaitingBytes(WAITING_LIMIT_BYTES);
    private final OpenFiles openFiles;
    private final Map<String, Device> devices = new ConcurrentHashMap<>();
    private final Set<FileTorrentStore> open = ConcurrentHashMap.newKeySet();
    private final PathThreads finders = new PathThreads("disk-find-device");
    private final Set<CountDownLatch> finding = ConcurrentHashMap.newKeySet();

    // One per thread of a device; gone with the thread.
    private final ThreadLocal<ByteBuffer> scratch =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCRATCH_BYTES));

    private volatile boolean closed;

    /**
     * How much may be used.
     *
     * @param threadsPerDevice 1 or more
     * @param openFiles 1 or more
     */
    record Limits(int threadsPerDevice, int openFiles) {
        Limits {
            if (threadsPerDevice < 1 || openFiles < 1) {
                throw new IllegalArgumentException(
                        "%d threads, %d open files; at least 1 of each"
                                .formatted(threadsPerDevice, openFiles));
            }
        }
    }

    /**
     * Opens for business.
     *
     * @param buffers memory of blocks that are read
     * @param nanos monotonic clock
     */
    FileStores(Volume volume, BufferPool buffers, Limits limits, LongSupplier nanos) {
        this.volume = volume;
        this.buffers = buffers;
        this.limits = limits;
        this.nanos = nanos;
        openFiles =
                new OpenFiles(
                        limits.openFiles(),
                        close -> Thread.ofPlatform().daemon().name("disk-close").start(close));
    }

    @Override
    public TorrentStore open(StoreSpec spec) {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        FileLayout layout = new FileLayout(spec, volume, openFiles);
        PieceFiles files = new PieceFiles(layout);
        Route route = new Route();
        TorrentDisk disk =
                new TorrentDisk(
                        spec.metainfo(),
                        layout,
                        files,
                        route,
                        waiting,
                        spec.completions(),
                        scratch,
                        nanos);
        FileTorrentStore store =
                new FileTorrentStore(
                        disk,
                        new Housekeeping(layout, spec.preallocation(), scratch),
                        new Relocation(layout, scratch, at -> route.attach(deviceOf(at))),
                        new Reads(disk, new BlockReader(layout, files, buffers, scratch)),
                        open::remove);
        open.add(store);
        CountDownLatch found = new CountDownLatch(1);
        finding.add(found);
        finders.near(spec.directory())
                .execute(() -> {
                    try {
                        route.attach(deviceOf(spec.directory()));
                    } finally {
                        finding.remove(found);
                        found.countDown();
                    }
                });
        return store;
    }

    private Device deviceOf(Path directory) {
        return devices.computeIfAbsent(
                volume.device(directory),
                _ -> new Device("disk-" + (devices.size() + 1), limits.threadsPerDevice(), nanos));
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

    /** Number of files that are open. */
    int openFileCount() {
        return openFiles.count();
    }

    /** Ends what torrents asked for, closes them and ends the threads. Bounded; idempotent. */
    @Override
    public void close() {
        closed = true;
        List<FileTorrentStore> left = new ArrayList<>(open);
        CountDownLatch latch = new CountDownLatch(left.size());
        for (FileTorrentStore store : left) {
            if (!store.onLoop(() -> store.close(_ -> latch.countDown()))) {
                latch.countDown(); // its loop is gone; what it wrote is written below
            }
        }
        try {
            if (!latch.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("{} torrents did not end their disk work in time", latch.getCount());
            }
            awaitDevices();
            devices.values().forEach(Device::close);
            Thread closer =
                    Thread.ofPlatform()
                            .daemon()
                            .name("disk-abandon")
                            .start(() -> List.copyOf(open).forEach(FileTorrentStore::abandon));
            if (!closer.join(Duration.ofSeconds(CLOSE_SECONDS))) {
                log.warn("files hang in the file system and are left open");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        devices.clear();
    }

    /** Work that waits for its device would be left behind: it has no thread yet. */
    private void awaitDevices() throws InterruptedException {
        long deadline = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        for (CountDownLatch found : finding) {
            if (!found.await(deadline - nanos.getAsLong(), TimeUnit.NANOSECONDS)) {
                log.warn("a directory does not say where it lies; its work is left undone");
            }
        }
    }
}
