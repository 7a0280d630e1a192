package org.bittern.api.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.metainfo.Bitfield;

/**
 * What another program knew of a torrent. Counts and dates are believed; what it says of the files
 * is checked by samples before it counts.
 *
 * @param claimed pieces that it took for verified; of length 0 when that is unknown, then all are
 *     checked
 * @param lies where the files are when that is not where they shall lie; empty: there
 * @param renamed file index → path elements below the directory, of files that have another name
 * @param name that the user gave; empty: that of the torrent
 */
public record History(
        Bitfield claimed,
        Optional<Path> lies,
        Map<Integer, List<String>> renamed,
        Optional<String> name,
        Counts counts,
        Instant added,
        Optional<Instant> completed) {

    public History {
        claimed = claimed.copy();
        renamed = Map.copyOf(renamed);
    }

    /** Over all runs. */
    public record Counts(
            long downloadedBytes,
            long uploadedBytes,
            long corruptBytes,
            long secondsDownloading,
            long secondsSeeding) {
        /** Nothing moved yet. */
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        public Counts {
            if (downloadedBytes < 0
                    || uploadedBytes < 0
                    || corruptBytes < 0
                    || secondsDownloading < 0
                    || secondsSeeding < 0) {
                throw new IllegalArgumentException("a count below 0");
            }
        }
    }
}
