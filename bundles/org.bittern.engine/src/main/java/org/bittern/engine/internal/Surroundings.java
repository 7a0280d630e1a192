package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;

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

    /**
     * What a directory is on: two with the same answer share a disk. May block.
     *
     * @param directory need not exist yet
     */
    default String device(Path directory) {
        return "";
    }

    /** The network interfaces that are up; they come and go. May block. */
    default List<LocalInterface> interfaces() {
        return List.of();
    }

    /** Where it is: local time follows from that. */
    default ZoneId zone() {
        return ZoneId.systemDefault();
    }

    /** The machine itself. */
    Surroundings SYSTEM =
            new Surroundings() {
                @Override
                public void start(String name, Runnable task) {
                    Thread.ofVirtual().name(name).start(task);
                }

                @Override
                public long usableBytes(Path directory) throws IOException {
                    return store(directory).getUsableSpace();
                }

                @Override
                public String device(Path directory) {
                    try {
                        return store(directory).name();
                    } catch (IOException e) {
                        return ""; // the check will say what is wrong
                    }
                }

                @Override
                public List<LocalInterface> interfaces() {
                    return LocalInterface.present();
                }

                private static FileStore store(Path directory) throws IOException {
                    Path there = directory;
                    while (!Files.exists(there) && there.getParent() != null) {
                        there = there.getParent();
                    }
                    return Files.getFileStore(there);
                }
            };
}
