package org.bittern.engine.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * What a torrent begins its run with.
 *
 * @param metainfo null for a magnet link whose metadata is not known
 * @param magnet empty for a torrent file
 * @param directory absolute: where the files are, or will be made
 * @param destination absolute: where they shall be when they are complete
 * @param filePriorities checked when the metadata is known
 * @param resume what an earlier run left, empty for a new torrent
 * @param left how the earlier run ended
 */
record Beginning(
        int number,
        InfoHash infoHash,
        @Nullable Metainfo metainfo,
        Optional<Magnet> magnet,
        Path directory,
        Path destination,
        Start start,
        Map<Integer, Priority> filePriorities,
        Settings options,
        List<String> labels,
        Instant added,
        Optional<ResumeData> resume,
        Left left) {

    /** How an earlier run left a torrent. */
    enum Left {
        /** Whoever had it is still there, as another engine, and it was away for a moment. */
        HANDED_OVER,
        IN_ORDER,
        CRASHED;

        static Left of(SessionState state) {
            if (state.afterCrash()) {
                return CRASHED;
            }
            return state.handedOver() ? HANDED_OVER : IN_ORDER;
        }
    }

    /** The same with other labels. */
    Beginning labelled(List<String> others) {
        return with(filePriorities, others, resume);
    }

    /** The same without its past: for the time when that has been taken over. */
    Beginning begun() {
        return with(Map.of(), labels, Optional.empty());
    }

    private Beginning with(
            Map<Integer, Priority> otherPriorities,
            List<String> otherLabels,
            Optional<ResumeData> otherResume) {
        return new Beginning(
                number,
                infoHash,
                metainfo,
                magnet,
                directory,
                destination,
                start,
                otherPriorities,
                options,
                otherLabels,
                added,
                otherResume,
                left);
    }

    /** The tiers of trackers to begin with. */
    List<List<String>> tiers() {
        Optional<List<List<String>>> changed = resume.flatMap(data -> data.swarm().trackers());
        if (changed.isPresent()) {
            return changed.get();
        }
        return metainfo != null
                ? metainfo.trackers()
                : magnet.map(Magnet::trackerTiers).orElse(List.of());
    }

    /** The fetched metadata with what only the link says. */
    Metainfo completed(Metainfo found, List<List<String>> tiers) {
        List<String> webSeeds = magnet.map(Magnet::webSeeds).orElse(List.of());
        return found.withTrackers(tiers).withWebSeeds(webSeeds);
    }

    /** What to call it before the metadata is known. */
    String name() {
        if (metainfo != null) {
            return metainfo.name();
        }
        return magnet.flatMap(Magnet::name).orElse(infoHash.hex());
    }

    /**
     * Priority of each file that is not normal.
     *
     * @param known the metadata, given or fetched
     */
    Map<Integer, Priority> prioritiesFor(Metainfo known) {
        int count = known.pieces().fileCount();
        Map<Integer, Priority> priorities = new HashMap<>();
        List<Priority> stored = resume.map(data -> data.files().priorities()).orElse(List.of());
        List<Integer> selected = magnet.map(Magnet::selectOnly).orElse(List.of());
        for (int file = 0; file < count; file++) {
            if (stored.size() == count) {
                priorities.put(file, stored.get(file));
            } else if (!selected.isEmpty() && !selected.contains(file)) {
                priorities.put(file, Priority.SKIP);
            }
        }
        if (stored.size() != count) {
            filePriorities.forEach((file, priority) -> {
                if (file >= 0 && file < count) {
                    priorities.put(file, priority);
                }
            });
        }
        return priorities;
    }
}
