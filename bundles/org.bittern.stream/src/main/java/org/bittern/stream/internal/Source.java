package org.bittern.stream.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.bittern.api.files.PathThreads;
import org.bittern.api.stream.StreamFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is read by a request. The request waits on its virtual thread, and a platform thread
 * reads: the file may lie where nothing answers. Used by one thread, but for {@link #abandon}.
 */
final class Source implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Source.class);

    private final Catalogs.Entry entry;
    private final PathThreads threads;
    private Path path;
    private @Nullable FileChannel channel; // open from the first read on
    private CompletableFuture<Integer> reading = CompletableFuture.completedFuture(0);
    private volatile @Nullable CompletableFuture<?> pending; // what is waited for
    private volatile boolean abandoned;

    /** Touches nothing yet. */
    Source(Catalogs.Entry entry, PathThreads threads) {
        this.entry = entry;
        this.threads = threads;
        path = entry.file().path();
    }

    Catalogs.Entry entry() {
        return entry;
    }

    /** Something that touches the file. */
    @FunctionalInterface
    private interface Touch<T> {
        T run() throws IOException;
    }

    /**
     * Begins to read some bytes, as many as there are at a time.
     *
     * @param buffer nobody else's before {@link #finish} returns, and never again if it throws
     * @throws IOException the file cannot be opened, or nobody waits any more
     */
    void begin(ByteBuffer buffer, long position) throws IOException, InterruptedException {
        FileChannel present = channel;
        FileChannel open = present == null ? open() : present;
        channel = open;
        reading = begun(() -> open.read(buffer, position));
    }

    /**
     * Waits for what was begun last.
     *
     * @return as of {@link FileChannel#read(ByteBuffer, long)}
     * @throws IOException it cannot be read, or nobody waits any more
     */
    int finish() throws IOException, InterruptedException {
        return await(reading);
    }

    /** A file may have been moved since the request came: when it is complete, for example. */
    private FileChannel open() throws IOException, InterruptedException {
        try {
            return openAt(path);
        } catch (NoSuchFileException e) {
            path = entry.again().get().map(StreamFile::path).orElse(path);
            return openAt(path);
        }
    }

    private FileChannel openAt(Path place) throws IOException, InterruptedException {
        CompletableFuture<FileChannel> opening =
                begun(() -> FileChannel.open(place, StandardOpenOption.READ));
        // Not the one that is waited for: that one may be given up, and this one opens all the
        // same.
        CompletableFuture<FileChannel> awaited = opening.copy();
        try {
            return await(awaited);
        } catch (IOException | InterruptedException e) {
            var _ = opening.thenAccept(Source::closeQuietly);
            throw e;
        }
    }

    private <T> CompletableFuture<T> begun(Touch<T> touch) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return touch.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                threads.near(path));
    }

    private <T> T await(CompletableFuture<T> result) throws IOException, InterruptedException {
        pending = result;
        try {
            if (abandoned) {
                throw new ClosedChannelException();
            }
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UncheckedIOException wrapped
                    ? wrapped.getCause()
                    : new IOException(e.getCause());
        } finally {
            pending = null;
        }
    }

    /** Nobody waits for it any more: what is under way fails, and so does all that comes. */
    void abandon() {
        abandoned = true;
        CompletableFuture<?> present = pending;
        if (present != null) {
            present.completeExceptionally(new UncheckedIOException(new ClosedChannelException()));
        }
    }

    @Override
    public void close() {
        FileChannel open = channel;
        if (open != null) {
            channel = null;
            threads.near(path).execute(() -> closeQuietly(open)); // this may wait as well
        }
    }

    private static void closeQuietly(Closeable open) {
        try {
            open.close();
        } catch (IOException e) {
            log.debug("a file could not be closed: {}", e.toString());
        }
    }
}
