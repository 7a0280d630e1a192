package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.History;
import org.bittern.api.engine.Priority;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.jspecify.annotations.Nullable;

/**
 * Makes resume data of what another program knew of a torrent. It is taken for what a run of ours
 * left that ended in a crash: files that should be there and are not stop the torrent, of the
 * pieces that should be there some are hashed, and when one is bad all are. No state, any thread.
 */
final class Inheritance {
    private Inheritance() {}

    /** The same beginning with a past. */
    static Beginning of(Beginning begun, History history) {
        Metainfo metainfo = begun.metainfo();
        History.Counts counts = history.counts();
        ResumeData data =
                new ResumeData(
                        begun.infoHash(),
                        files(begun, history),
                        new ResumeData.Pieces(history.claimed().copy(), Map.of(), List.of()),
                        new ResumeData.Course(
                                begun.start(),
                                false,
                                false,
                                begun.number() - 1,
                                begun.options(),
                                begun.labels()),
                        new ResumeData.Totals(
                                counts.downloadedBytes(),
                                counts.uploadedBytes(),
                                counts.corruptBytes(),
                                counts.secondsDownloading() + counts.secondsSeeding(),
                                counts.secondsSeeding(),
                                history.added(),
                                history.completed(),
                                Optional.empty(),
                                Optional.empty()),
                        new ResumeData.Swarm(Optional.empty(), List.of()));
        return new Beginning(
                begun.number(),
                begun.infoHash(),
                metainfo,
                begun.magnet(),
                begun.directory(),
                begun.destination(),
                begun.start(),
                begun.filePriorities(),
                begun.options(),
                begun.labels(),
                history.added(),
                Optional.of(data),
                Beginning.Left.CRASHED);
    }

    private static ResumeData.Files files(Beginning begun, History history) {
        Metainfo metainfo = begun.metainfo();
        return new ResumeData.Files(
                begun.directory(),
                renamed(metainfo, history.renamed()),
                metainfo == null ? List.of() : stats(metainfo, history.claimed()),
                false,
                metainfo == null ? List.of() : priorities(begun, metainfo),
                new ResumeData.Plans(
                        begun.destination(),
                        Optional.empty(),
                        Optional.empty(),
                        history.name().filter(FileNames::isSafe)));
    }

    private static List<Priority> priorities(Beginning begun, Metainfo metainfo) {
        Map<Integer, Priority> changed = begun.prioritiesFor(metainfo);
        List<Priority> priorities = new ArrayList<>();
        for (int file = 0; file < metainfo.pieces().fileCount(); file++) {
            priorities.add(changed.getOrDefault(file, Priority.NORMAL));
        }
        return priorities;
    }

    /** Files with claimed pieces must be there; the time fits none, so all of it is looked at. */
    private static List<FileStat> stats(Metainfo metainfo, Bitfield claimed) {
        PieceMap map = metainfo.pieces();
        if (claimed.pieceCount() != map.pieceCount()) {
            return List.of(); // nothing is known: what is there is checked
        }
        List<FileStat> stats = new ArrayList<>();
        for (int file = 0; file < map.fileCount(); file++) {
            int piece = map.fileLength(file) == 0 ? -1 : claimed.nextSet(map.firstPiece(file));
            boolean there = piece >= 0 && piece <= map.lastPiece(file);
            stats.add(new FileStat(there, there ? map.fileLength(file) : 0, 0));
        }
        return stats;
    }

    /** Names that are none, or not their own, are those of the torrent again. */
    private static Map<Integer, List<String>> renamed(
            @Nullable Metainfo metainfo, Map<Integer, List<String>> names) {
        Map<Integer, List<String>> renamed = new HashMap<>();
        if (metainfo == null) {
            return renamed;
        }
        Set<List<String>> taken = new HashSet<>();
        for (int file = 0; file < metainfo.files().size(); file++) {
            List<String> path = names.getOrDefault(file, metainfo.files().get(file).path());
            boolean pad = metainfo.files().get(file).pad();
            if (!pad
                    && (path.isEmpty()
                            || !path.stream().allMatch(FileNames::isSafe)
                            || !taken.add(path))) {
                return new HashMap<>();
            }
            if (!pad && names.containsKey(file)) {
                renamed.put(file, path);
            }
        }
        return renamed;
    }
}
