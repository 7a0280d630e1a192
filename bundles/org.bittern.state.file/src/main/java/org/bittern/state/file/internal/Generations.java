package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are replaced as a whole and survive a crash at any instant. No state; callers see to
 * it that one thread at a time works on a file.
 *
 * <p>A write goes: the new content into {@code F.tmp}, fsync; the newest generation gets a second
 * name {@code F.prev}; {@code F.tmp} is renamed to {@code F}; fsync of the directory. At every
 * instant {@code F} is the old or the new file and never absent. If a medium tears it all the same,
 * {@code F.prev} is read. A newest generation that is broken never becomes {@code F.prev}; it is
 * kept as {@code F.broken}, for it may be a user's edit with a comma too many.
 */
final class Generations {
    /** Not finished yet; never read. */
    static final String TEMPORARY = ".tmp";

    /** The generation before the newest. */
    static final String PREVIOUS = ".prev";

    /** A newest generation that could not be read when it was replaced. */
    static final String BROKEN = ".broken";

    private static final Logger log = LoggerFactory.getLogger(Generations.class);

    private final FileOps ops;

    Generations(FileOps ops) {
        this.ops = ops;
    }

    /**
     * Replaces a file. When this returns, the new content is on the medium.
     *
     * @throws IOException the file has its old content; or, if only the last fsync failed, perhaps
     *     its new one
     */
    void write(Path file, byte[] bytes, Format<?> format) throws IOException {
        if (bytes.length > format.maxBytes()) {
            throw new IOException(
                    "%s would have %d bytes, at most %d are allowed"
                            .formatted(file, bytes.length, format.maxBytes()));
        }
        Path temporary = beside(file, TEMPORARY);
        try {
            ops.delete(temporary);
            ops.create(temporary);
            ops.append(temporary, bytes);
            ops.sync(temporary);
            if (ops.exists(file)) {
                keep(file, format);
            }
            ops.rename(temporary, file);
            ops.syncDirectory(parent(file));
        } catch (IOException e) {
            try {
                ops.delete(temporary); // a full disk should not stay full because of us
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void keep(Path file, Format<?> format) throws IOException {
        Path kept = beside(file, isWhole(file, format) ? PREVIOUS : BROKEN);
        Path staged = beside(kept, TEMPORARY);
        ops.delete(staged);
        ops.link(file, staged);
        ops.rename(staged, kept);
        ops.delete(staged); // rename does nothing if both are names of one file already (POSIX)
    }

    private boolean isWhole(Path file, Format<?> format) {
        try {
            return readOne(file, format).isPresent();
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Reads the newest generation that is whole.
     *
     * @return empty if there is no generation at all
     * @throws IOException there are some, and none is whole: why the newest is not
     */
    <T> Optional<T> read(Path file, Format<T> format) throws IOException {
        IOException reason;
        try {
            Optional<T> newest = readOne(file, format);
            if (newest.isPresent()) {
                return newest;
            }
            return readOne(beside(file, PREVIOUS), format);
        } catch (IOException e) {
            reason = new IOException("%s is broken: %s".formatted(file, e.getMessage()), e);
        }
        Optional<T> previous = previous(file, format, reason);
        if (previous.isEmpty()) {
            throw reason;
        }
        log.warn("{}; its previous generation is used", reason.getMessage());
        return previous;
    }

    private <T> Optional<T> previous(Path file, Format<T> format, IOException reason) {
        try {
            return readOne(beside(file, PREVIOUS), format);
        } catch (IOException e) {
            reason.addSuppressed(e);
            return Optional.empty();
        }
    }

    private <T> Optional<T> readOne(Path file, Format<T> format) throws IOException {
        Optional<byte[]> bytes = ops.read(file, format.maxBytes());
        return bytes.isPresent() ? Optional.of(format.parse(bytes.get())) : Optional.empty();
    }

    /**
     * Removes all generations. The newest goes last and after the others are gone for good, so that
     * a crash on the way cannot bring an older one back to light.
     */
    void remove(Path file) throws IOException {
        for (String suffix : List.of(BROKEN, PREVIOUS, TEMPORARY)) {
            ops.delete(beside(file, suffix));
        }
        ops.syncDirectory(parent(file));
        ops.delete(file);
        ops.syncDirectory(parent(file));
    }

    /** Removes what writes that were cut off have left in a directory. */
    void sweep(Path directory) throws IOException {
        for (String name : ops.list(directory)) {
            if (name.endsWith(TEMPORARY) && ops.exists(directory.resolve(name))) {
                ops.delete(directory.resolve(name));
            }
        }
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no directory");
        }
        return parent;
    }
}
