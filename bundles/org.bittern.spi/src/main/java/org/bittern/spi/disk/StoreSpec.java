package org.bittern.spi.disk;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Metainfo;

/**
 * What a store must know of a torrent.
 *
 * @param directory absolute; files lie at {@code directory/name[/path…]}
 * @param renamed file index → path elements below {@code directory}, for files that were renamed
 * @param priorities one per file; pieces of skipped files that share a piece with a wanted one go
 *     to a part file, so that a skipped file never appears
 * @param partNames a file that is made from now on has a name that ends in {@code .part} until all
 *     of its pieces are good; names of files that exist are found out either way
 * @param completions runs every callback: the torrent's loop
 */
public record StoreSpec(
        Metainfo metainfo,
        Path directory,
        Map<Integer, List<String>> renamed,
        List<Priority> priorities,
        Preallocation preallocation,
        boolean partNames,
        Executor completions) {

    /**
     * What the name of a file may end in until all of its pieces are good: as we call it, and as
     * qBittorrent does, whose files may have been taken over.
     */
    public static final List<String> PART_SUFFIXES = List.of(".part", ".!qB");

    public StoreSpec {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + directory);
        }
        renamed = Map.copyOf(renamed);
        priorities = List.copyOf(priorities);
    }
}
