package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The machine's file system with trouble on demand. Thread-safe. */
final class FaultyVolume implements Volume {
    private final Volume real = new LocalVolume();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    private volatile int failAt = -1;
    private volatile int dieAt = Integer.MAX_VALUE;
    private volatile String failure = "Input/output error";
    private volatile int mostBytesPerCall = Integer.MAX_VALUE;
    private volatile Predicate<Path> hanging = _ -> false;
    private volatile CompletableFuture<Void> hangingUntil = new CompletableFuture<>();
    private final CompletableFuture<Void> hangs = new CompletableFuture<>();
    private final List<Path> mounts = new CopyOnWriteArrayList<>();
    private volatile boolean readOnly;

    /** Directories that have got a name, or lost one by renaming, since they were forced last. */
    private final Set<Path> unforced = ConcurrentHashMap.newKeySet();

    private volatile CountDownLatch devices = new CountDownLatch(0);

    /** Makes operation number {@code k}, from 0 on, fail once. */
    void failOperation(int k, String message) {
        operations.set(0);
        failAt = k;
        failure = message;
    }

    /** Makes all operations from number {@code k} on fail, as if the process had been killed. */
    void dieAtOperation(int k) {
        operations.set(0);
        dieAt = k;
    }

    /** Operations since the last {@link #failOperation}. */
    int operations() {
        return operations.get();
    }

    /** Bytes that may still be written. */
    void room(long bytes) {
        room.set(bytes);
    }

    /** Reads and writes move so many bytes at most. */
    void shortCalls(int bytes) {
        mostBytesPerCall = bytes;
    }

    /** Directories of which a loss of power could take back a name. */
    Set<Path> unforced() {
        return Set.copyOf(unforced);
    }

    /** No file may be written from now on. */
    void readOnly() {
        readOnly = true;
    }

    /** Makes whoever opens a file below {@code root} wait. */
    CompletableFuture<Void> hangIn(Path root) {
        return hangAt(path -> path.startsWith(root));
    }

    /** Makes whoever opens such a file wait. */
    CompletableFuture<Void> hangAt(Predicate<Path> which) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        hanging = which;
        hangingUntil = end;
        return end;
    }

    /** Completes when somebody waits. */
    CompletableFuture<Void> hangs() {
        return hangs;
    }

    /** What lies below {@code root} is on a file system of its own. */
    void mount(Path root) {
        mounts.add(root);
    }

    /** Asking for a device takes until the result is counted down, as on a mount that is dead. */
    CountDownLatch holdDevices() {
        CountDownLatch latch = new CountDownLatch(1);
        devices = latch;
        return latch;
    }

    /** A virtual thread would hold on to a carrier of others for as long as a mount is dead. */
    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread touches files");
        }
    }

    private void step() throws IOException {
        requirePlatformThread();
        int number = operations.getAndIncrement();
        if (number == failAt || number >= dieAt) {
            throw new IOException(failure);
        }
    }

    @Override
    public VolumeFile open(Path file, Access access) throws IOException {
        step();
        if (readOnly && access != Access.READ) {
            throw new AccessDeniedException(file.toString());
        }
        if (hanging.test(file)) {
            hangs.complete(null);
            hangingUntil.join();
        }
        return new FaultyFile(real.open(file, access));
    }

    @Override
    public Optional<Entry> entry(Path path) throws IOException {
        step();
        return real.entry(path);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step();
        real.createDirectory(directory);
        unforced.add(directory.getParent());
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        step();
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        if (mounts.stream().anyMatch(root -> from.startsWith(root) != to.startsWith(root))) {
            throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "other");
        }
        real.rename(from, to);
        unforced.add(from.getParent());
        unforced.add(to.getParent());
    }

    @Override
    public void delete(Path path) throws IOException {
        step();
        real.delete(path);
        unforced.remove(path);
    }

    @Override
    public void modified(Path file, long epochMillis) throws IOException {
        step();
        real.modified(file, epochMillis);
    }

    @Override
    public void executable(Path file) throws IOException {
        step();
        real.executable(file);
    }

    @Override
    public void rights(Path file, Path like) throws IOException {
        step();
        real.rights(file, like);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step();
        unforced.remove(directory);
    }

    @Override
    public long usableBytes(Path path) {
        requirePlatformThread();
        return room.get();
    }

    @Override
    public String device(Path path) {
        requirePlatformThread();
        try {
            devices.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "test";
    }

    private final class FaultyFile implements VolumeFile {
        private final VolumeFile file;

        FaultyFile(VolumeFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            step();
            int limit = target.limit();
            target.limit(target.position() + Math.min(target.remaining(), mostBytesPerCall));
            try {
                return file.read(target, position);
            } finally {
                target.limit(limit);
            }
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int count, long position)
                throws IOException {
            step();
            if (mostBytesPerCall == Integer.MAX_VALUE && room.get() == Long.MAX_VALUE) {
                return file.write(sources, offset, count, position);
            }
            ByteBuffer first = sources[offset];
            int most = Math.min(first.remaining(), mostBytesPerCall);
            most = (int) Math.min((long) most, room.get());
            if (most == 0) {
                throw new IOException("No space left on device");
            }
            ByteBuffer part = first.slice(first.position(), most);
            long written = file.write(new ByteBuffer[] {part}, 0, 1, position);
            first.position(first.position() + (int) written);
            room.addAndGet(-written);
            return written;
        }

        @Override
        public long size() throws IOException {
            step();
            return file.size();
        }

        @Override
        public void resize(long bytes) throws IOException {
            step();
            file.resize(bytes);
        }

        @Override
        public void grow(long bytes) throws IOException {
            step();
            file.grow(bytes);
        }

        @Override
        public void reserve(long bytes) throws IOException {
            step();
            file.reserve(bytes);
        }

        @Override
        public void force() throws IOException {
            step(); // power does not fail in tests, and syncing takes long
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            requirePlatformThread();
            file.close();
        }
    }
}
