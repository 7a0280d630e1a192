package org.bittern.disk.file.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.bittern.metainfo.PieceMap.Span;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** Makes block sources. Thread-safe. */
final class BlockReader {
    private final FileLayout layout;
    private final PieceFiles files;
    private final BufferPool buffers;
    private final ThreadLocal<ByteBuffer> scratch;

    BlockReader(
            FileLayout layout,
            PieceFiles files,
            BufferPool buffers,
            ThreadLocal<ByteBuffer> scratch) {
        this.layout = layout;
        this.files = files;
        this.buffers = buffers;
        this.scratch = scratch;
    }

    /** A range of a piece that somebody wants to read. */
    record Wanted(int piece, int begin, int length, boolean zeroCopy) {}

    /** Opens a file, or says that it is not open. */
    private interface Opening {
        @Nullable OpenFile open(FileSlot slot) throws IOException;
    }

    /**
     * The block if its files are open and long enough and nothing but files is in it; null
     * otherwise. Fit for a loop when the bytes are in the page cache.
     */
    @Nullable BlockSource readNow(Wanted wanted) {
        if (!wanted.zeroCopy && wanted.length > BufferPool.MAX_BYTES) {
            return null;
        }
        try {
            BlockSource.Files regions =
                    regions(wanted, slot -> layout.openFiles.acquireOpen(slot, false), false);
            if (regions == null || wanted.zeroCopy) {
                return regions;
            }
            try {
                return copy(regions);
            } finally {
                regions.release();
            }
        } catch (IOException _) {
            return null; // a disk thread will find out what is wrong
        }
    }

    private BlockSource copy(BlockSource.Files regions) throws IOException {
        PooledBuffer buffer = take(regions.length());
        ByteBuffer target = buffer.bytes();
        int base = target.position();
        try {
            for (BlockSource.Region region : regions.regions()) {
                int start = target.position();
                target.limit(start + region.length());
                while (target.hasRemaining()) {
                    long position = region.position() + target.position() - start;
                    if (region.file().read(target, position) < 0) {
                        throw new EOFException("file was cut");
                    }
                }
            }
        } catch (IOException e) {
            buffer.release();
            throw e;
        }
        target.position(base);
        return new BlockSource.Memory(buffer, regions.length());
    }

    /** Reads a block. Disk threads only. */
    DiskResult<BlockSource> read(Wanted wanted) {
        try {
            if (wanted.zeroCopy) {
                BlockSource.Files regions = lockedRegions(wanted);
                if (regions != null) {
                    return new DiskResult.Ok<>(regions);
                }
            }
            return new DiskResult.Ok<>(memory(wanted));
        } catch (IOException e) {
            return Results.failed(e);
        } catch (RuntimeException e) {
            return Results.fault(e);
        }
    }

    private BlockSource.@Nullable Files lockedRegions(Wanted wanted) throws IOException {
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            return regions(wanted, slot -> layout.openFiles.acquire(slot, false), true);
        } finally {
            lock.unlock();
        }
    }

    private PooledBuffer take(int bytes) throws IOException {
        try {
            return buffers.take(bytes);
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e); // the pool is used up
        }
    }

    private BlockSource memory(Wanted wanted) throws IOException {
        if (wanted.length > BufferPool.MAX_BYTES) {
            throw new IOException(
                    "a block of %d bytes, at most %d are read into memory"
                            .formatted(wanted.length, BufferPool.MAX_BYTES));
        }
        PooledBuffer buffer = take(wanted.length);
        ByteBuffer target = buffer.bytes();
        int base = target.position();
        try {
            files.read(wanted.piece, wanted.begin, target);
        } catch (IOException e) {
            buffer.release();
            throw e;
        }
        target.position(base);
        return new BlockSource.Memory(buffer, wanted.length);
    }

    /**
     * The block as regions of files.
     *
     * @param strict whether a short file is an error; else the answer is null then
     * @return null also when padding or the part file is involved, or a file is not open
     */
    private BlockSource.@Nullable Files regions(Wanted wanted, Opening opening, boolean strict)
            throws IOException {
        List<Span> spans = layout.pieces.spans(wanted.piece, wanted.begin, wanted.length);
        for (Span span : spans) {
            if (span.pad() || layout.slot(span.file()).inPart) {
                return null;
            }
        }
        List<OpenFile> held = new ArrayList<>(spans.size());
        List<BlockSource.Region> regions = new ArrayList<>(spans.size());
        boolean whole = false;
        try {
            for (Span span : spans) {
                OpenFile open = opening.open(layout.slot(span.file()));
                if (open == null) {
                    return null;
                }
                held.add(open);
                if (!reaches(open, span, strict)) {
                    return null;
                }
                regions.add(
                        new BlockSource.Region(
                                open.file.channel(), span.fileOffset(), span.length()));
            }
            whole = true;
            return new BlockSource.Files(
                    regions, wanted.length, () -> held.forEach(layout.openFiles::release));
        } finally {
            if (!whole) {
                held.forEach(layout.openFiles::release);
            }
        }
    }

    private boolean reaches(OpenFile open, Span span, boolean strict) throws IOException {
        long end = span.fileOffset() + span.length();
        if (!strict) {
            return open.knownSize() >= end;
        }
        long size = open.file.size();
        if (size < end) {
            throw new EOFException(
                    "%s has %d bytes, %d are needed"
                            .formatted(layout.pathOf(layout.slot(span.file())), size, end));
        }
        open.grownTo(size);
        return true;
    }

    /** Brings a range into the page cache, as far as it is there. Disk threads only. */
    void warm(int piece, int begin, int length) {
        ByteBuffer buffer = scratch.get();
        try {
            for (int at = begin; at < begin + length; at += buffer.capacity()) {
                buffer.clear().limit(Math.min(buffer.capacity(), begin + length - at));
                files.read(piece, at, buffer);
            }
        } catch (IOException _) {
            // whoever reads these bytes will be told
        }
    }
}
