package org.bittern.disk.file.internal;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Results of disk operations; turns exceptions of the file system into them. Pure functions. */
final class Results {
    /** Below this a failed write without a known reason is taken for a full disk. */
    private static final long NO_ROOM_BYTES = 64 << 10;

    /** It worked, and there is nothing more to say. */
    static final DiskResult<Void> DONE = done();

    private static final Logger log = LoggerFactory.getLogger(Results.class);

    private Results() {}

    @SuppressWarnings("NullAway") // null is the only value of Void
    private static DiskResult<Void> done() {
        return new DiskResult.Ok<>(null);
    }

    /** The answer of a store that is closed. */
    static <T> DiskResult<T> closed() {
        return new DiskResult.Failed<>(Kind.CLOSED, "the store is closed");
    }

    /** The same failure as the answer of another operation. */
    static <T> DiskResult.Failed<T> as(DiskResult.Failed<?> failed) {
        return new DiskResult.Failed<>(failed.kind(), failed.message());
    }

    /**
     * The answer when this bundle is at fault: logged once, and the torrent stops, but nobody waits
     * for an answer forever.
     */
    static <T> DiskResult.Failed<T> fault(RuntimeException e) {
        log.error("disk work failed", e);
        return new DiskResult.Failed<>(Kind.IO, "fault in the disk store: " + e);
    }

    static <T> DiskResult.Failed<T> failed(IOException e) {
        return new DiskResult.Failed<>(kind(e), message(e));
    }

    /** As {@link #failed(IOException)} for a write, with a look at the room that is left. */
    static <T> DiskResult.Failed<T> failed(IOException e, Volume volume, Path directory) {
        Kind kind = kind(e);
        if (kind == Kind.IO && noRoom(volume, directory)) {
            kind = Kind.FULL;
        }
        return new DiskResult.Failed<>(kind, message(e));
    }

    // Messages of the system may be in another language than the ones below.
    private static boolean noRoom(Volume volume, Path directory) {
        try {
            return volume.usableBytes(directory) < NO_ROOM_BYTES;
        } catch (IOException _) {
            return false;
        }
    }

    private static Kind kind(IOException e) {
        if (e instanceof MoveCancelledException) {
            return Kind.CLOSED;
        }
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof NoSuchFileException
                || e instanceof FileNotFoundException
                || e instanceof EOFException
                || e instanceof NotDirectoryException
                || text.contains("stale file handle")
                || text.contains("not connected")
                || text.contains("no such device")) {
            return Kind.MISSING;
        }
        if (text.contains("no space left")
                || text.contains("quota exceeded")
                || text.contains("file too large")) {
            return Kind.FULL;
        }
        if (e instanceof AccessDeniedException
                || text.contains("read-only file system")
                || text.contains("permission denied")
                || text.contains("operation not permitted")
                || text.contains("too many levels of symbolic links")) {
            return Kind.DENIED;
        }
        return Kind.IO;
    }

    private static String message(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": " + reason(denied);
            case FileSystemException other -> other.getFile() + ": " + reason(other);
            case ClosedChannelException _ -> "file was closed";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String reason(FileSystemException e) {
        String reason = e.getReason();
        if (reason != null) {
            return reason;
        }
        return e instanceof AccessDeniedException
                ? "permission denied"
                : e.getClass().getSimpleName();
    }
}
