package org.bittern.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Subscription;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.BufferPool;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one machine: does one operation after the other, each in its time, and fails when it
 * was told to. What it holds outlives the engine, what was not synchronised does not outlive a loss
 * of power.
 */
final class SimDisk implements DiskStore {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DEFAULT_LIMIT = 100L << 20;

    private final VirtualTime time;
    private BufferPool buffers = new CheckedBuffers();
    private final Map<Place, SimContent> contents = new LinkedHashMap<>();
    private final List<Runnable> relieved = new ArrayList<>();
    private long latencyNanos = TimeUnit.MICROSECONDS.toNanos(200);
    private long bytesPerSecond = 200L << 20;
    private long capacity = Long.MAX_VALUE;
    private long busyUntilNanos;
    private long waitingBytes;
    private long limit = DEFAULT_LIMIT;
    private boolean congested;
    private int boots;
    private long operations;
    private @Nullable Fault fault; // null: all goes well

    private record Place(Path directory, InfoHash infoHash) {}

    /**
     * What goes wrong.
     *
     * @param operation number of the first operation that fails, from 0
     * @param count how many fail from there on
     * @param shortWrite half of a block is written before it fails
     */
    record Fault(long operation, long count, DiskResult.Kind kind, boolean shortWrite) {
        boolean hits(long number) {
            return number >= operation && number - operation < count;
        }
    }

    SimDisk(VirtualTime time) {
        this.time = time;
    }

    /** The process that uses it from now on reads into these. */
    void use(BufferPool processBuffers) {
        buffers = processBuffers;
    }

    SimDisk speed(long latency, long throughput) {
        latencyNanos = latency;
        bytesPerSecond = throughput;
        return this;
    }

    /** From now on so many bytes fit; less than there are already is allowed. */
    void capacity(long bytes) {
        capacity = bytes;
    }

    void fail(Fault next) {
        fault = next;
    }

    /** Operations that were begun so far. */
    long operations() {
        return operations;
    }

    long usableBytes() {
        return Math.max(0, capacity - usedBytes());
    }

    private long usedBytes() {
        return contents.values().stream().mapToLong(SimContent::usedBytes).sum();
    }

    /** The process is gone: what it asked for and has no answer never happens. */
    void processGone() {
        boots++;
        waitingBytes = 0;
        congested = false;
        relieved.clear();
        busyUntilNanos = time.nanoTime();
    }

    /** The power is gone too: of what was not synchronised, some blocks are there and some not. */
    void powerLoss(Random random) {
        processGone();
        contents.values().forEach(content -> content.forgetUnsynced(random));
    }

    /** What is stored of a torrent. */
    SimContent content(Path directory, Metainfo metainfo) {
        return contents.computeIfAbsent(
                new Place(directory, metainfo.infoHash()), key -> new SimContent(metainfo));
    }

    void delete(Path directory, Metainfo metainfo) {
        contents.remove(new Place(directory, metainfo.infoHash()));
    }

    void moved(Path from, Path to, Metainfo metainfo) {
        SimContent content = contents.remove(new Place(from, metainfo.infoHash()));
        if (content != null) {
            contents.put(new Place(to, metainfo.infoHash()), content);
        }
    }

    BufferPool buffers() {
        return buffers;
    }

    long nowMillis() {
        return time.now().toEpochMilli();
    }

    boolean fits(long more) {
        return usedBytes() + more <= capacity;
    }

    // ---- work

    /** Something that the disk does. */
    interface Work {
        /**
         * Does it, or half of it, or nothing.
         *
         * @param trouble what goes wrong with it, null: nothing
         */
        void run(@Nullable Fault trouble);
    }

    /** Queues an operation that moves so many bytes. */
    void work(long bytes, Work work) {
        long now = time.nanoTime();
        busyUntilNanos =
                Math.max(now, busyUntilNanos) + latencyNanos + bytes * NANOS / bytesPerSecond;
        int boot = boots;
        time.after(
                busyUntilNanos - now,
                () -> {
                    if (boot == boots) {
                        long number = operations++;
                        work.run(fault != null && fault.hits(number) ? fault : null);
                    }
                });
    }

    void waits(long bytes) {
        waitingBytes += bytes;
        congested |= waitingBytes >= limit / 8 * 7;
    }

    void waitsNoMore(long bytes) {
        waitingBytes -= bytes;
        if (congested && waitingBytes <= limit / 4 * 3) {
            congested = false;
            List.copyOf(relieved).forEach(Runnable::run);
        }
    }

    // ---- DiskStore

    @Override
    public TorrentStore open(StoreSpec spec) {
        return new SimStore(this, spec);
    }

    @Override
    public long waitingBytes() {
        return waitingBytes;
    }

    @Override
    public void waitingLimit(long bytes) {
        limit = bytes;
    }

    @Override
    public boolean congested() {
        return congested;
    }

    @Override
    public Subscription onRelief(Runnable listener) {
        Runnable own = () -> listener.run();
        relieved.add(own);
        return () -> relieved.remove(own);
    }
}
