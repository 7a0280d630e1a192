package org.bittern.disk.file.internal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something that {@link OpenFiles} can open: a file of a torrent, or its part file. */
abstract class Place {
    /** Guarded by the lock of {@link OpenFiles}. */
    @Nullable OpenFile current; // null while no handle is open

    /** Opens the file; on disk threads only. */
    abstract VolumeFile open(boolean writable) throws IOException;
}
