package org.bittern.webseed.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.PeerMessage.Request;
import org.jspecify.annotations.Nullable;

/** Reads the blocks of a run from the server, one after the other. One thread, used once. */
final class RunReader implements AutoCloseable {
    private final Metainfo metainfo;
    private final SeedUrls urls;
    private final Files files;
    private final RateLimit limit;
    private final Iterator<Run.Part> parts;
    private final byte[] bytes = new byte[PieceMap.BLOCK];
    private @Nullable InputStream in; // null for padding
    private long left; // of the part

    RunReader(Metainfo metainfo, SeedUrls urls, Files files, RateLimit limit, Run run) {
        this.metainfo = metainfo;
        this.urls = urls;
        this.files = files;
        this.limit = limit;
        parts = run.parts(metainfo.pieces()).iterator();
    }

    /** Reads the next block; the caller gets the reference. */
    PooledBuffer read(Request block, BufferPool pool) throws IOException, InterruptedException {
        PooledBuffer buffer = take(pool, block.length());
        boolean full = false;
        try {
            ByteBuffer target = buffer.bytes();
            while (target.hasRemaining()) {
                fill(target);
            }
            target.flip();
            full = true;
            return buffer;
        } finally {
            if (!full) {
                buffer.release();
            }
        }
    }

    private static PooledBuffer take(BufferPool pool, int bytes) throws IOException {
        try {
            return pool.take(bytes);
        } catch (IllegalStateException e) {
            throw new IOException("no memory is left", e); // the pool is used up
        }
    }

    private void fill(ByteBuffer target) throws IOException, InterruptedException {
        if (left == 0) {
            nextPart();
        }
        int wanted = (int) Math.min(left, target.remaining());
        InputStream source = in;
        if (source == null) {
            target.put(new byte[wanted]);
            left -= wanted;
            return;
        }
        int granted = granted(wanted);
        int read = source.read(bytes, 0, granted);
        if (read < granted) {
            limit.giveBack(granted - Math.max(0, read));
        }
        if (read < 0) {
            throw new EOFException("the server sent less than it announced");
        }
        target.put(bytes, 0, read);
        left -= read;
        if (left == 0) {
            close(); // at once: the connection may be wanted for the next run
        }
    }

    private int granted(int wanted) throws InterruptedException {
        int granted = limit.take(wanted);
        while (granted == 0) {
            Thread.sleep(Duration.ofNanos(Math.max(1, limit.nanosUntilMore())));
            granted = limit.take(wanted);
        }
        return granted;
    }

    private void nextPart() throws IOException {
        close();
        Run.Part next = parts.next();
        left = next.length();
        in =
                next.pad()
                        ? null
                        : files.open(
                                urls.of(metainfo.files().get(next.file())),
                                next.offset(),
                                next.length());
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
