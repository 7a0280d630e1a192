package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All partial pieces of a torrent, and among them those with blocks nobody was asked for, in the
 * order in which they were begun. Owned by the torrent loop; not thread-safe.
 */
final class PartialPieces {
    private final Map<Integer, PartialPiece> all = new HashMap<>(4);
    private final List<PartialPiece> open = new ArrayList<>(0);

    @Nullable PartialPiece get(int piece) {
        return all.get(piece);
    }

    int size() {
        return all.size();
    }

    void forEach(Consumer<PartialPiece> visitor) {
        all.values().forEach(visitor);
    }

    /** A copy, so that pieces may be removed meanwhile. */
    List<PartialPiece> list() {
        return new ArrayList<>(all.values());
    }

    void add(PartialPiece partial) {
        all.put(partial.piece(), partial);
        if (partial.free() > 0) {
            open.add(partial);
        }
    }

    void remove(PartialPiece partial) {
        all.remove(partial.piece());
        open.remove(partial);
    }

    /** Brings the list of pieces with free blocks up to date after one has changed. */
    void refresh(PartialPiece partial) {
        boolean listed = open.contains(partial);
        if (partial.free() == 0 && listed) {
            open.remove(partial);
        } else if (partial.free() > 0 && !listed) {
            open.add(partial);
        }
    }

    /** How many have free blocks. */
    int openCount() {
        return open.size();
    }

    /** One with free blocks, from 0 to {@link #openCount()} - 1. */
    PartialPiece openAt(int index) {
        return open.get(index);
    }
}
