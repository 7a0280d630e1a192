package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/** A file of the machine. Thread-safe. */
final class LocalFile implements VolumeFile {
    /**
     * Bytes per system call. For larger writes Linux takes large folios, which cost a virtual
     * machine far more than the calls that they save; measured in decision 0005.
     */
    private static final int CALL_BYTES = 16 << 10;

    /** The unit in which zeros are written; made when space cannot be reserved otherwise. */
    private static final class Zeros {
        private static final ByteBuffer BYTES =
                ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();
    }

    private final Path path;
    private final FileChannel channel;

    /**
     * One writer at a time: in the kernel a second one would spin on the lock of the inode. And
     * whoever makes the file longer must know where its end is.
     */
    private final ReentrantLock writing = new ReentrantLock();

    LocalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int count, long position)
            throws IOException {
        long at = position;
        writing.lock();
        try {
            for (int i = offset; i < offset + count; i++) {
                at += write(sources[i], at);
                if (sources[i].hasRemaining()) {
                    break;
                }
            }
        } finally {
            writing.unlock();
        }
        return at - position;
    }

    private int write(ByteBuffer source, long position) throws IOException {
        int limit = source.limit();
        int done = 0;
        try {
            while (source.position() < limit) {
                int part = Math.min(CALL_BYTES, limit - source.position());
                source.limit(source.position() + part);
                int written = channel.write(source, position + done);
                done += written;
                if (written < part) {
                    break;
                }
            }
        } finally {
            source.limit(limit);
        }
        return done;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void resize(long bytes) throws IOException {
        writing.lock();
        try {
            if (bytes < channel.size()) {
                channel.truncate(bytes);
            } else {
                grow(bytes);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void grow(long bytes) throws IOException {
        writing.lock();
        try {
            if (channel.size() < bytes) {
                channel.write(ByteBuffer.allocate(1), bytes - 1);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void reserve(long bytes) throws IOException {
        if (!NativeReserve.reserve(path, bytes) || channel.size() < bytes) {
            addZeros(bytes);
        }
    }

    /** Reserves a part of the space where the system cannot do it. */
    void addZeros(long bytes) throws IOException {
        ByteBuffer zeros = Zeros.BYTES.duplicate();
        writing.lock();
        try {
            // Blocks come from other threads: only what lies behind all of them is written.
            long end = channel.size();
            if (end < bytes) {
                channel.write(zeros.limit((int) Math.min(zeros.limit(), bytes - end)), end);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
