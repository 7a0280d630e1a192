package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an engine takes from the machine besides its loops: threads for what may block, and the free
 * space of disks. Injected, so that a simulation owns all of it. Thread-safe.
 */
interface Surroundings {
    /**
     * Runs a task, soon, on no loop; it may block.
     *
     * @param name for the thread
     */
    void start(String name, Runnable task);

    /**
     * Bytes that can still be written to the file system of a directory.
     *
     * @param directory need not exist yet
     */
    long usableBytes(Path directory) throws IOException;

    /** The machine itself. */
    Surroundings SYSTEM =
            new Surroundings() {
                @Override
                public void start(String name, Runnable task) {
                    Thread.ofVirtual().name(name).start(task);
                }

                @Override
                public long usableBytes(Path directory) throws IOException {
                    Path there = directory;
                    while (!Files.exists(there) && there.getParent() != null) {
                        there = there.getParent();
                    }
                    return Files.getFileStore(there).getUsableSpace();
                }
            };
}
