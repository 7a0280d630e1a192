package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The primitive steps on files that durable writing is made of. Each is one point where a crash may
 * come, so that a test can stop after any of them. Any thread; two threads do not work on the same
 * file.
 */
interface FileOps {
    /** Makes a directory and those above it; those that are missing become the owner's alone. */
    void makeDirectories(Path directory) throws IOException;

    /** Makes an empty file that must not exist yet; only its owner may read it. */
    void create(Path file) throws IOException;

    /** Appends to a file that {@link #create} has made. */
    void append(Path file, byte[] bytes) throws IOException;

    /** Returns when the content of the file is on the medium. */
    void sync(Path file) throws IOException;

    /** Gives a file another name in the same directory; a file of that name is replaced. */
    void rename(Path from, Path to) throws IOException;

    /** Gives a file a second name that is not taken yet. */
    void link(Path file, Path second) throws IOException;

    /** Removes a name; nothing happens if there is none. */
    void delete(Path file) throws IOException;

    /** Returns when the names in the directory are on the medium. */
    void syncDirectory(Path directory) throws IOException;

    boolean exists(Path file);

    /**
     * The content, or empty if there is no such file. Several threads may read at a time.
     *
     * @throws IOException also when the file has more than {@code maxBytes}
     */
    Optional<byte[]> read(Path file, int maxBytes) throws IOException;

    /** Names of all that is in a directory, in ascending order. Not a look at each of them. */
    List<String> list(Path directory) throws IOException;
}
