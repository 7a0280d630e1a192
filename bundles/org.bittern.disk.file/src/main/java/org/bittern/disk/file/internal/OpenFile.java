package org.bittern.disk.file.internal;

import java.util.concurrent.atomic.AtomicLong;

/** An open file and who uses it. The fields that are not final are guarded by {@link OpenFiles}. */
final class OpenFile {
    final Place place;
    final VolumeFile file;
    final boolean writable;

    /** Length as far as we know; it only grows, unless somebody else cuts the file. */
    private final AtomicLong knownSize;

    /** Readers and writers at work, and regions that are handed out. */
    int users;

    /** No longer to be found through its place; closed when the last user leaves. */
    boolean retired;

    OpenFile(Place place, VolumeFile file, boolean writable, long size) {
        this.place = place;
        this.file = file;
        this.writable = writable;
        knownSize = new AtomicLong(size);
    }

    long knownSize() {
        return knownSize.get();
    }

    void grownTo(long end) {
        if (end > knownSize.get()) {
            knownSize.accumulateAndGet(end, Math::max);
        }
    }
}
