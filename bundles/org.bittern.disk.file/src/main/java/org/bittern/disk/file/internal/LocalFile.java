package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/** A file of the machine. Thread-safe. */
final class LocalFile implements VolumeFile {
    /** Zeros are written in this unit where space cannot be reserved otherwise. */
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    /** A gathering write uses the channel's only position, so there is one at a time. */
    private final ReentrantLock gathering = new ReentrantLock();

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
        if (count == 1) {
            return channel.write(sources[offset], position);
        }
        gathering.lock();
        try {
            channel.position(position);
            return channel.write(sources, offset, count);
        } finally {
            gathering.unlock();
        }
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
