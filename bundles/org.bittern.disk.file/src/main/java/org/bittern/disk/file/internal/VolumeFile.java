package org.bittern.disk.file.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file of a {@link Volume}. Blocks; thread-safe. */
interface VolumeFile extends Closeable {
    /**
     * Reads at a position.
     *
     * @return bytes read, fewer than asked for is normal; -1 at or after the end
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes buffers one after the other at a position.
     *
     * @param sources their positions move by what was written
     * @return bytes written, fewer than given is normal
     */
    long write(ByteBuffer[] sources, int offset, int count, long position) throws IOException;

    /** Length in bytes. */
    long size() throws IOException;

    /** Cuts the file, or makes it longer by a hole. */
    void resize(long bytes) throws IOException;

    /** Makes the file at least that long, by a hole; what others write meanwhile stays. */
    void grow(long bytes) throws IOException;

    /**
     * Takes disk space for the first bytes of the file and makes it that long, or takes a part of
     * that, at least one byte: then it is to be called again. What others write meanwhile stays.
     */
    void reserve(long bytes) throws IOException;

    /** Makes what was written survive a loss of power. */
    void force() throws IOException;

    /** For readers that take regions of the file. */
    FileChannel channel();
}
