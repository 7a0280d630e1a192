package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.bittern.api.files.PathThreads;

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
     * Runs a task that touches files, soon: it may hang for as long as a file system does not
     * answer, and holds up no other meanwhile.
     *
     * @param name for the thread
     */
    default void startOnFiles(String name, Runnable task) {
        start(name, task);
    }

    /**
     * The same for a task of which there may be one for each torrent; those of directories near
     * each other wait for each other.
     *
     * @param directory that it looks at
     */
    default void look(Path directory, Runnable task) {
        start("bt-look", task);
    }

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
                private final PathThreads lookers = new PathThreads("bt-look");

                @Override
                public void start(String name, Runnable task) {
                    Thread.ofVirtual().name(name).start(task);
                }

                // A virtual thread would hold on to one of the few carriers of all others.
                @Override
                public void startOnFiles(String name, Runnable task) {
                    Thread.ofPlatform().daemon().name(name).start(task);
                }

                @Override
                public void look(Path directory, Runnable task) {
                    lookers.near(directory).execute(task);
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
