package org.bittern.disk.file.internal;

import java.io.IOException;

/** A move was ended before its end; all files are at the old place. */
final class MoveCancelledException extends IOException {
    private static final long serialVersionUID = 1L;

    MoveCancelledException() {
        super("the move was cancelled");
    }
}
