package org.bittern.disk.file.internal;

import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** Something else than a file or directory of ours stands in its place: a link, perhaps. */
final class StrangeEntryException extends AccessDeniedException {
    private static final long serialVersionUID = 1;

    StrangeEntryException(Path path, String expected) {
        super(path.toString(), null, "not a " + expected + "; links are not followed");
    }
}
