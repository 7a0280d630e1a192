package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file system as this bundle sees it: everything that touches a disk goes through here, so that
 * tests can make any operation fail. Blocks; never called on a loop. Thread-safe.
 */
interface Volume {
    /** What a file is opened for. */
    enum Access {
        READ,
        /** Reading and writing of a file that exists. */
        WRITE,
        /** As {@link #WRITE}, and the file is made when it does not exist. */
        CREATE
    }

    /** What stands at a path. */
    enum Kind {
        FILE,
        DIRECTORY,
        /** A symbolic link, a device, a socket. */
        OTHER
    }

    /** Something that exists. */
    record Entry(Kind kind, long bytes, long modifiedMillis) {}

    /** Opens a file; a symbolic link in its place is refused. */
    VolumeFile open(Path file, Access access) throws IOException;

    /** What stands there; a link is not followed. Empty when nothing does. */
    Optional<Entry> entry(Path path) throws IOException;

    /** Makes one directory whose parent exists. */
    void createDirectory(Path directory) throws IOException;

    /** Makes a directory and its parents, as far as they are missing; links are followed. */
    void createDirectories(Path directory) throws IOException;

    /**
     * Renames a file.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException the target is on another file system
     */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory. */
    void delete(Path path) throws IOException;

    /** Sets the time of last modification. */
    void modified(Path file, long epochMillis) throws IOException;

    /** Makes a file executable for whoever may read it, where the system knows that (BEP 47). */
    void executable(Path file) throws IOException;

    /** Gives a file the rights of another, as far as both file systems know them. */
    void rights(Path file, Path like) throws IOException;

    /** Makes the names in a directory survive a loss of power, where the system can. */
    void forceDirectory(Path directory) throws IOException;

    /** Bytes that may still be written to the file system of a path that exists. */
    long usableBytes(Path path) throws IOException;

    /** Names the device of a path, or of its closest parent that exists. */
    String device(Path path);
}
