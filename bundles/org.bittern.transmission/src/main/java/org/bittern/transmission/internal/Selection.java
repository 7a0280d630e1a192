package org.bittern.transmission.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.rpc.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * The torrents that a call is about.
 *
 * @param torrents each once
 * @param removed numbers of torrents that were removed lately; empty unless the call asks for what
 *     was active
 */
record Selection(List<Torrent> torrents, Optional<List<Integer>> removed) {

    /** Of the argument {@code ids}: numbers, info-hashes, {@code recently_active}; none: all. */
    static Selection of(Engine engine, Arguments arguments, RecentActivity recent) {
        Object ids = arguments.raw(arguments.has("ids") ? "ids" : "id");
        if (ids == null) {
            return new Selection(engine.torrents(), Optional.empty());
        }
        if (isRecent(ids)) {
            Changes changes = recent.recent(engine);
            return new Selection(changed(engine, changes), Optional.of(changes.removed()));
        }
        Map<Integer, Torrent> chosen = new LinkedHashMap<>();
        if (ids instanceof List<?> list) {
            for (Object id : list) {
                if (isRecent(id)) {
                    changed(engine, recent.recent(engine))
                            .forEach(torrent -> chosen.put(torrent.number(), torrent));
                } else {
                    one(engine, id).ifPresent(torrent -> chosen.put(torrent.number(), torrent));
                }
            }
        } else {
            one(engine, ids).ifPresent(torrent -> chosen.put(torrent.number(), torrent));
        }
        return new Selection(new ArrayList<>(chosen.values()), Optional.empty());
    }

    private static List<Torrent> changed(Engine engine, Changes changes) {
        return changes.changed().stream()
                .flatMap(snapshot -> engine.torrent(snapshot.number()).stream())
                .toList();
    }

    private static boolean isRecent(@Nullable Object id) {
        return "recently-active".equals(id) || "recently_active".equals(id);
    }

    private static Optional<Torrent> one(Engine engine, @Nullable Object id) {
        return switch (id) {
            case Integer number -> number > 0 ? engine.torrent(number) : Optional.empty();
            case String hash when isHash(hash) -> engine.torrent(hash);
            case null, default -> Optional.empty();
        };
    }

    private static boolean isHash(String text) {
        return (text.length() == 40 || text.length() == 64)
                && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
    }
}
