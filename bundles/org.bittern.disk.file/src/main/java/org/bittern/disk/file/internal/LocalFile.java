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

    /** Zeros are written in this unit where space cannot be reserved otherwise. */
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    /** One writer at a time: in the kernel a second one would spin on the lock of the inode. */
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
        long size = channel.size();
        if (bytes < size) {
            channel.truncate(bytes);
        } else if (bytes > size) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    @Override
    public void reserve(long bytes) throws IOException {
        if (NativeReserve.reserve(path, bytes)) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        for (long at = channel.size(); at < bytes; ) {
            zeros.clear().limit((int) Math.min(ZEROS_BYTES, bytes - at));
            at += channel.write(zeros, at);
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
