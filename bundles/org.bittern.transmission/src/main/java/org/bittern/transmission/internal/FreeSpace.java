package org.bittern.transmission.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathDesk;

/**
 * The room on disks, which may not answer: no thread of a request hangs with them. Errors have the
 * words of the C library, as Transmission's. Thread-safe.
 */
final class FreeSpace {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final PathDesk desk;
    private final Duration limit;
    private final Gauge gauge;

    FreeSpace(PathDesk desk) {
        this(desk, LIMIT, FreeSpace::measure);
    }

    FreeSpace(PathDesk desk, Duration limit, Gauge gauge) {
        this.desk = desk;
        this.limit = limit;
        this.gauge = gauge;
    }

    /** Bytes; may hang. */
    interface Gauge {
        Room of(Path path) throws IOException;
    }

    /**
     * Bytes on a disk.
     *
     * @param usable those that the user of this process can have
     */
    record Room(long usable, long total) {}

    private static Room measure(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        return new Room(store.getUsableSpace(), store.getTotalSpace());
    }

    /** {@code free-space}. */
    RpcAnswer perform(RpcRequest request) throws RpcException {
        String text =
                request.arguments()
                        .text("path")
                        .orElseThrow(() ->
                                new RpcException(
                                        RpcError.INVALID_PARAMS,
                                        "directory path argument is missing"));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("path", text);
        told.put("size-bytes", -1L);
        told.put("total_size", -1L);
        try {
            Path path = TorrentActions.absolute(text, "directory path is not absolute");
            Room room = desk.ask(path, limit, () -> inWords(path));
            told.put("size-bytes", room.usable());
            told.put("total_size", room.total());
            return RpcAnswer.of(told);
        } catch (RpcException e) {
            boolean late = e.text().equals(Problem.PATH_UNREACHABLE.text());
            throw new RpcException(e.error(), late ? "Connection timed out" : e.text(), told);
        }
    }

    private Room inWords(Path path) throws RpcException {
        try {
            return gauge.of(path);
        } catch (NoSuchFileException e) {
            throw new RpcException(RpcError.SYSTEM, "No such file or directory");
        } catch (AccessDeniedException e) {
            throw new RpcException(RpcError.SYSTEM, "Permission denied");
        } catch (IOException e) {
            throw new RpcException(RpcError.SYSTEM, "Input/output error");
        }
    }

    /**
     * Bytes for files of a directory, or of where it would be made.
     *
     * @return -1 when it is not known
     */
    long below(String directory) {
        try {
            Path path = Path.of(directory).toAbsolutePath();
            return desk.ask(path, limit, () -> gauge.of(existing(path)).usable());
        } catch (InvalidPathException | RpcException e) {
            return -1;
        }
    }

    private static Path existing(Path path) {
        Path at = path;
        while (at.getParent() != null && !Files.exists(at)) {
            at = at.getParent();
        }
        return at;
    }
}
