package org.bittern.tinytorrent.fs.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that callers may see, with all below them. What counts is where a path really
 * leads, through links and {@code ..}; a path that leads elsewhere is refused in one way, whether
 * something is there or not. Immutable; looks at files, so it may hang with them.
 */
final class Roots {
    private static final Logger log = LoggerFactory.getLogger(Roots.class);

    private final List<Path> limits;

    private Roots(List<Path> limits) {
        this.limits = List.copyOf(limits);
    }

    /**
     * Those of a configuration. One that is no absolute path contains nothing, but limits all the
     * same: a typo must not open everything.
     *
     * @param limits empty: everything may be seen
     */
    static Roots of(List<String> limits) {
        List<Path> paths = new ArrayList<>();
        for (String text : limits) {
            Path path = path(text);
            if (!path.isAbsolute()) {
                log.warn("a root is not an absolute path, nothing below it is shown");
            }
            paths.add(path);
        }
        return new Roots(paths);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return Path.of("");
        }
    }

    boolean isLimited() {
        return !limits.isEmpty();
    }

    /** Where somebody begins who has no path yet. */
    Path start() {
        return limits.stream()
                .filter(Path::isAbsolute)
                .findFirst()
                .orElseGet(() -> Path.of(System.getProperty("user.home", "/")).toAbsolutePath());
    }

    /** Those that are configured, else those of the system: on Windows its drives. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        (isLimited() ? limits : FileSystems.getDefault().getRootDirectories())
                .forEach(root -> names.add(root.toString()));
        return names;
    }

    /**
     * Where a path really leads.
     *
     * @param asked absolute
     * @throws RpcException "access denied": not to where callers may look
     * @throws IOException there is nothing, or it cannot be reached
     */
    Path admit(Path asked) throws IOException, RpcException {
        Path real;
        try {
            real = asked.toRealPath();
        } catch (NoSuchFileException e) {
            ground(asked); // whether it would be outside comes first
            throw e;
        } catch (FileSystemException e) {
            if (isLimited()) {
                throw Problem.ACCESS_DENIED.refusal();
            }
            throw e;
        }
        demandInside(real);
        return real;
    }

    /**
     * The part of a path that exists, and the names that do not.
     *
     * @param real where the part leads
     * @param missing names below it, none when the whole path exists
     */
    record Ground(Path real, List<Path> missing) {}

    /**
     * What exists of a path. In one that does not exist {@code ..} are taken as they are written.
     *
     * @throws RpcException as {@link #admit}
     */
    Ground ground(Path asked) throws IOException, RpcException {
        List<Path> missing = new ArrayList<>();
        Path plain = asked.normalize();
        Path next = asked;
        while (true) {
            try {
                Path real = next.toRealPath();
                demandInside(real);
                return new Ground(real, missing.reversed());
            } catch (NoSuchFileException e) {
                if (next.equals(plain)) {
                    missing.add(plain.getFileName());
                    plain = parent(plain, e);
                }
                next = plain;
            } catch (FileSystemException e) {
                if (isLimited()) {
                    throw Problem.ACCESS_DENIED.refusal();
                }
                throw e;
            }
        }
    }

    private static Path parent(Path path, NoSuchFileException otherwise)
            throws NoSuchFileException {
        Path parent = path.getParent();
        if (parent == null) {
            throw otherwise;
        }
        return parent;
    }

    private void demandInside(Path real) throws RpcException {
        if (!contains(real)) {
            throw Problem.ACCESS_DENIED.refusal();
        }
    }

    /** Whether a real path may be seen. A root that is not there contains nothing. */
    boolean contains(Path real) {
        return !isLimited() || limits.stream().anyMatch(limit -> isBelow(real, limit));
    }

    private static boolean isBelow(Path real, Path limit) {
        try {
            return limit.isAbsolute() && real.startsWith(limit.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
