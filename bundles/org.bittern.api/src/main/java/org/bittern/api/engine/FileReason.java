package org.bittern.api.engine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why something cannot be done with a file, in a few words for people. */
public final class FileReason {
    private FileReason() {}

    /** The reason without the path, which the caller names; never empty. */
    public static String of(IOException failure) {
        String said =
                failure instanceof FileSystemException at ? at.getReason() : failure.getMessage();
        if (said != null && !said.isBlank()) {
            return said;
        }
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or directory";
            case FileAlreadyExistsException _ -> "something else of that name is there";
            case NotDirectoryException _ -> "not a directory";
            default -> failure.getClass().getSimpleName();
        };
    }
}
