package org.bittern.foreign.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PathSanitizer;

/** What both formats say, as ours may be. No state. */
final class Layout {
    /** The end of an unfinished file's name in qBittorrent, which stores know and take away. */
    private static final String UNFINISHED = ".!qB";

    private static final int MAX_LABELS = 1000;
    private static final int MAX_LABEL_CHARS = 1000;
    private static final double MAX_RATIO = 1_000_000;

    private Layout() {}

    /**
     * Files that have another name than in the torrent.
     *
     * @param names one per file, elements joined by '/' or '\'; empty: unchanged
     */
    static Map<Integer, List<String>> renamed(Metainfo metainfo, List<String> names) {
        Map<Integer, List<String>> renamed = new HashMap<>();
        for (FileEntry file : metainfo.files()) {
            String stored = file.index() < names.size() ? names.get(file.index()) : "";
            String name = file.path().getLast().endsWith(UNFINISHED) ? stored : finished(stored);
            if (!name.isEmpty() && !file.pad()) {
                // No element of it leads elsewhere.
                List<String> path = PathSanitizer.path(List.of(name.split("[/\\\\]", -1)));
                if (!path.equals(file.path())) {
                    renamed.put(file.index(), path);
                }
            }
        }
        return renamed;
    }

    private static String finished(String name) {
        return name.endsWith(UNFINISHED)
                ? name.substring(0, name.length() - UNFINISHED.length())
                : name;
    }

    /** The priorities that are not normal. */
    static Map<Integer, Priority> priorities(Metainfo metainfo, List<Priority> priorities) {
        Map<Integer, Priority> changed = new HashMap<>();
        for (int file = 0; file < metainfo.files().size() && file < priorities.size(); file++) {
            if (priorities.get(file) != Priority.NORMAL) {
                changed.put(file, priorities.get(file));
            }
        }
        return changed;
    }

    /** Labels as ours may be: without commas. */
    static List<String> labels(List<String> labels) {
        return labels.stream()
                .map(label -> label.replace(',', ' ').strip())
                .filter(label -> !label.isEmpty() && label.length() <= MAX_LABEL_CHARS)
                .distinct()
                .limit(MAX_LABELS)
                .toList();
    }

    /**
     * A limit for the ratio, of one torrent.
     *
     * @param ratio 0 or more; beyond what ours may be it is as good as none, and meant so
     */
    static Settings seedRatio(Settings options, double ratio) {
        return ratio > MAX_RATIO
                ? options.with(TorrentOptions.SEED_RATIO_MODE, LimitMode.UNLIMITED)
                : options.with(TorrentOptions.SEED_RATIO_MODE, LimitMode.OWN)
                        .parsed(TorrentOptions.SEED_RATIO_LIMIT, ratio);
    }

    static AddTorrent.Start start(boolean runs) {
        return runs ? AddTorrent.Start.STARTED : AddTorrent.Start.STOPPED;
    }
}
