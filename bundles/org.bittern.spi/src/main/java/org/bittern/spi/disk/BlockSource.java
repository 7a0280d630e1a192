package org.bittern.spi.disk;

import java.nio.channels.FileChannel;
import java.util.List;
import org.bittern.spi.net.PooledBuffer;

/** Bytes of a block on their way to a peer. Released exactly once, on any thread. */
public sealed interface BlockSource {

    /** Length of the block in bytes. */
    int length();

    /** Lets go of buffers and files. */
    void release();

    /** In memory. */
    record Memory(PooledBuffer buffer, int length) implements BlockSource {
        @Override
        public void release() {
            buffer.release();
        }
    }

    /**
     * In files whose bytes are in the page cache.
     *
     * @param hold keeps the files open until it is run, once
     */
    record Files(List<Region> regions, int length, Runnable hold) implements BlockSource {
        @Override
        public void release() {
            hold.run();
        }
    }

    /** A part of a file. */
    record Region(FileChannel file, long position, int length) {}
}
