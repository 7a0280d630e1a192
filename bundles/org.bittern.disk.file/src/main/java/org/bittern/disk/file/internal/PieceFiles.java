package org.bittern.disk.file.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.bittern.metainfo.PieceMap.Span;

/**
 * Reads and writes ranges of pieces in the files that they span. Padding is never stored; it reads
 * as zeros. Disk threads only; thread-safe.
 */
final class PieceFiles {
    private final FileLayout layout;

    PieceFiles(FileLayout layout) {
        this.layout = layout;
    }

    /**
     * Writes adjacent buffers.
     *
     * @param run positions move by what was written, also when this throws
     */
    void write(int piece, int begin, ByteBuffer[] run) throws IOException {
        int length = 0;
        for (ByteBuffer buffer : run) {
            length += buffer.remaining();
        }
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            int at = begin;
            for (Span span : layout.pieces.spans(piece, begin, length)) {
                if (span.pad()) {
                    skip(run, span.length());
                } else {
                    writeSpan(piece, at, span, run);
                }
                at += span.length();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void skip(ByteBuffer[] run, int bytes) {
        int left = bytes;
        for (int i = 0; left > 0; i++) {
            int part = Math.min(left, run[i].remaining());
            run[i].position(run[i].position() + part);
            left -= part;
        }
    }

    private void writeSpan(int piece, int begin, Span span, ByteBuffer[] run) throws IOException {
        FileSlot slot = layout.slot(span.file());
        if (slot.inPart) {
            try {
                gather(
                        run,
                        span.length(),
                        (done, first, count) ->
                                layout.parts.write(piece, begin + (int) done, run, first, count));
            } catch (IOException e) {
                throw named(e, layout.parts.path());
            }
            return;
        }
        OpenFile open = layout.openFiles.acquire(slot, true);
        try {
            if (slot.unfinished && span.fileOffset() + span.length() == slot.length) {
                layout.finishing.lengthen(slot, open);
            }
            gather(
                    run,
                    span.length(),
                    (done, first, count) ->
                            open.file.write(run, first, count, span.fileOffset() + done));
            open.grownTo(span.fileOffset() + span.length());
            slot.written(span.fileOffset(), span.length());
        } catch (IOException e) {
            throw named(e, layout.pathOf(slot));
        } finally {
            slot.dirty = true; // after the write: a sync that ended meanwhile has not seen it
            layout.openFiles.release(open);
        }
    }

    /** Writes buffers number first to first + count - 1. */
    @FunctionalInterface
    private interface GatheredWrite {
        long write(long done, int first, int count) throws IOException;
    }

    /** Writes exactly so many bytes of the run, in as many calls as it takes. */
    private static void gather(ByteBuffer[] run, int bytes, GatheredWrite target)
            throws IOException {
        int first = 0;
        for (long done = 0; done < bytes; ) {
            while (!run[first].hasRemaining()) {
                first++;
            }
            long left = bytes - done;
            int end = first;
            while (end < run.length && run[end].remaining() <= left) {
                left -= run[end++].remaining();
            }
            long written;
            if (left == 0) {
                written = target.write(done, first, end - first);
            } else {
                ByteBuffer cut = run[end];
                int limit = cut.limit();
                cut.limit(cut.position() + (int) left);
                try {
                    written = target.write(done, first, end - first + 1);
                } finally {
                    cut.limit(limit);
                }
            }
            if (written <= 0) {
                throw new IOException("the file takes no bytes");
            }
            done += written;
        }
    }

    /** The same exception with the name of the file, which those of channels lack. */
    private static IOException named(IOException e, Path file) {
        if (e instanceof FileSystemException) {
            return e;
        }
        FileSystemException named =
                new FileSystemException(file.toString(), null, String.valueOf(e.getMessage()));
        named.initCause(e);
        return named;
    }

    /** Notes the verdict on a piece; its files lose their marks when they are finished. */
    void judged(int piece, boolean good) throws IOException {
        List<FileSlot> finished;
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            finished = layout.finishing.judged(piece, good);
        } finally {
            lock.unlock();
        }
        if (!finished.isEmpty()) {
            reveal(finished);
        }
    }

    private void reveal(List<FileSlot> finished) throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            for (FileSlot slot : finished) {
                layout.finishing.reveal(slot);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fills a buffer.
     *
     * @param target its remaining bytes are read; within {@code requestableLength} of the piece
     * @throws NoSuchFileException a file is missing
     * @throws EOFException a file is too short
     */
    void read(int piece, int begin, ByteBuffer target) throws IOException {
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            int at = begin;
            int limit = target.limit();
            for (Span span : layout.pieces.spans(piece, begin, target.remaining())) {
                target.limit(target.position() + span.length());
                readSpan(piece, at, span, target);
                target.limit(limit);
                at += span.length();
            }
        } finally {
            lock.unlock();
        }
    }

    private void readSpan(int piece, int begin, Span span, ByteBuffer target) throws IOException {
        if (span.pad()) {
            zeros(target);
            return;
        }
        FileSlot slot = layout.slot(span.file());
        int start = target.position();
        if (slot.inPart) {
            while (target.hasRemaining()) {
                int done = target.position() - start;
                if (layout.parts.read(piece, begin + done, target) < 0) {
                    throw new EOFException(layout.parts.path() + " is too short");
                }
            }
            return;
        }
        OpenFile open = layout.openFiles.acquire(slot, false);
        try {
            while (target.hasRemaining()) {
                long position = span.fileOffset() + target.position() - start;
                if (open.file.read(target, position) < 0) {
                    throw new EOFException(
                            "%s ends before byte %d"
                                    .formatted(
                                            layout.pathOf(slot),
                                            span.fileOffset() + span.length()));
                }
            }
            open.grownTo(span.fileOffset() + span.length());
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            throw named(e, layout.pathOf(slot));
        } finally {
            layout.openFiles.release(open);
        }
    }

    static void zeros(ByteBuffer target) {
        while (target.remaining() >= Long.BYTES) {
            target.putLong(0);
        }
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
    }
}
