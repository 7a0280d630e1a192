package org.bittern.tinytorrent.internal;

import java.util.BitSet;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bittern.rpc.FieldTexts;
import org.jspecify.annotations.Nullable;

/**
 * What changed between two states. No torrent is in two of the lists. Immutable.
 *
 * @param removed numbers of torrents that the receiver knows, and that are gone
 * @param added torrents that it does not know, by their numbers
 * @param updated torrents that it knows
 * @param session null when the session did not change
 */
record Patch(
        NavigableSet<Integer> removed,
        NavigableMap<Integer, FieldTexts> added,
        NavigableMap<Integer, Update> updated,
        @Nullable Update session) {

    static final Patch NOTHING = new Patch(new TreeSet<>(), new TreeMap<>(), new TreeMap<>(), null);

    Patch {
        removed = Collections.unmodifiableNavigableSet(removed);
        added = Collections.unmodifiableNavigableMap(added);
        updated = Collections.unmodifiableNavigableMap(updated);
    }

    /**
     * Something that is known already.
     *
     * @param now as it is now
     * @param changed places of the fields that the receiver must be told; not to be changed
     */
    record Update(FieldTexts now, BitSet changed) {
        Update then(Update next) {
            if (!next.now.names().equals(now.names())) {
                return new Update(next.now, next.now.news(null));
            }
            BitSet both = (BitSet) changed.clone();
            both.or(next.changed);
            return new Update(next.now, both);
        }
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty() && updated.isEmpty() && session == null;
    }

    /** This and then another, as one. */
    Patch then(Patch next) {
        if (isEmpty() || next.isEmpty()) {
            return isEmpty() ? next : this;
        }
        NavigableSet<Integer> allRemoved = new TreeSet<>(removed);
        NavigableMap<Integer, FieldTexts> allAdded = new TreeMap<>(added);
        NavigableMap<Integer, Update> allUpdated = new TreeMap<>(updated);
        for (Integer number : next.removed) {
            allUpdated.remove(number);
            if (allAdded.remove(number) == null) {
                allRemoved.add(number);
            }
        }
        allAdded.putAll(next.added);
        next.updated.forEach((number, update) -> {
            if (allAdded.containsKey(number)) {
                allAdded.put(number, update.now());
            } else {
                allUpdated.merge(number, update, Update::then);
            }
        });
        Update last = next.session;
        Update first = session;
        Update both = first == null || last == null ? null : first.then(last);
        return new Patch(
                allRemoved,
                allAdded,
                allUpdated,
                both != null ? both : last != null ? last : first);
    }
}
