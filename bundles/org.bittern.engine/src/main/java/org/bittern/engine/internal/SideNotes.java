package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.spi.state.SessionState.StoredTorrent;

/**
 * What is kept of torrents beside them, in {@code state.json}: the order of the queue and the
 * labels, by info-hash. Immutable: what the earlier run left.
 */
final class SideNotes {
    private static final String QUEUE = "queue";
    private static final String LABELS = "labels";

    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, List<String>> labels = new HashMap<>();

    /** Reads what was left, and names what is to be kept from now on. */
    SideNotes(Ledger ledger, Registry registry) {
        if (ledger.stored(QUEUE).orElse(null) instanceof List<?> hashes) {
            hashes.forEach(hash -> order.putIfAbsent(String.valueOf(hash), order.size()));
        }
        if (ledger.stored(LABELS).orElse(null) instanceof Map<?, ?> byHash) {
            // Who is in the queue and not here has none; its resume data may be older.
            order.keySet().forEach(hash -> labels.put(hash, List.of()));
            byHash.forEach((hash, names) -> labels.put(String.valueOf(hash), texts(names)));
        }
        ledger.section(QUEUE, () -> queue(registry));
        ledger.section(LABELS, () -> labels(registry));
    }

    private static List<String> texts(Object names) {
        List<String> texts = new ArrayList<>();
        if (names instanceof List<?> list) {
            list.forEach(name -> texts.add(String.valueOf(name)));
        }
        return texts;
    }

    /** Torrents as they stood in the queue; those that it does not know are last. */
    List<StoredTorrent> inOrder(List<StoredTorrent> torrents) {
        record Placed(int place, StoredTorrent torrent) {}
        return torrents.stream()
                .map(torrent ->
                        new Placed(
                                order.getOrDefault(torrent.infoHash().hex(), Integer.MAX_VALUE),
                                torrent))
                .sorted(Comparator.comparingInt(Placed::place))
                .map(Placed::torrent)
                .toList();
    }

    /** The labels of a torrent; empty when nothing is noted of it. */
    Optional<List<String>> labels(StoredTorrent torrent) {
        return Optional.ofNullable(labels.get(torrent.infoHash().hex()));
    }

    private static List<Object> queue(Registry registry) {
        record Placed(int place, TorrentHandle handle) {} // others move them meanwhile
        return registry.all().stream()
                .map(handle -> new Placed(handle.core().turn().seat().position(), handle))
                .sorted(Comparator.comparingInt(Placed::place))
                .<Object>map(placed -> placed.handle().storedAs().hex())
                .toList();
    }

    private static Map<String, Object> labels(Registry registry) {
        Map<String, Object> byHash = new LinkedHashMap<>();
        for (TorrentHandle handle : registry.all()) {
            List<String> names = handle.snapshot().labels();
            if (!names.isEmpty()) {
                byHash.put(handle.storedAs().hex(), names);
            }
        }
        return byHash;
    }
}
