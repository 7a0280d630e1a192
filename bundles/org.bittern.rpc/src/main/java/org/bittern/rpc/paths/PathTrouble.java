package org.bittern.rpc.paths;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.Set;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;

/** What a file system says, as {@link Problem}. */
public final class PathTrouble {
    /** What the JDK quotes of the C library, for which it has no classes of exceptions. */
    private static final Set<String> NOWHERE =
            Set.of("Not a directory", "Too many levels of symbolic links", "File name too long");

    private static final Set<String> FORBIDDEN =
            Set.of("Permission denied", "Operation not permitted", "Read-only file system");

    private PathTrouble() {}

    /** The refusal; never with names of files. */
    public static RpcException of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> Problem.PATH_NOT_FOUND.refusal();
            case NotDirectoryException e -> Problem.PATH_NOT_FOUND.refusal("not a directory");
            case FileSystemLoopException e -> Problem.PATH_NOT_FOUND.refusal("a circle of links");
            case AccessDeniedException e -> Problem.ACCESS_DENIED.refusal();
            case FileSystemException e -> byReason(Objects.requireNonNullElse(e.getReason(), ""));
            default -> Problem.PATH_UNREACHABLE.refusal("the file system failed");
        };
    }

    private static RpcException byReason(String reason) {
        if (NOWHERE.stream().anyMatch(reason::startsWith)) {
            return Problem.PATH_NOT_FOUND.refusal(reason);
        }
        Problem problem =
                FORBIDDEN.contains(reason) ? Problem.ACCESS_DENIED : Problem.PATH_UNREACHABLE;
        return problem.refusal(reason);
    }
}
