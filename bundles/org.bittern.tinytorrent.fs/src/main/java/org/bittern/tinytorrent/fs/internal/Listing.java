package org.bittern.tinytorrent.fs.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is in a directory.
 *
 * @param directory its real path
 * @param parent empty at a root, and where callers may not look
 * @param entries sorted by name
 * @param complete false when there are more than a listing may have
 */
record Listing(Path directory, Optional<Path> parent, List<Entry> entries, boolean complete) {

    /**
     * One name.
     *
     * @param name bytes that are not UTF-8 are shown as U+FFFD
     * @param kind of what a link leads to
     * @param size bytes of a file, else 0
     * @param modified seconds since 1970, 0 when it is not known
     */
    record Entry(String name, Kind kind, long size, long modified) {}

    /** What is behind a name. */
    enum Kind {
        FILE,
        DIRECTORY,
        /** Devices, pipes, links to nowhere, and what callers may not look at. */
        OTHER;

        /** As it is told to callers. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
