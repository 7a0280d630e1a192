package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is out of the ordinary about blocks of a piece and peers: second askers in the end game,
 * answers that may still come after a time-out, refusals. Owned by the torrent loop; not
 * thread-safe.
 */
final class BlockNotes {
    /** How many late answers and refusals are remembered; others are not. */
    private static final int MAX_NOTES = 1024;

    private final List<Note> notes = new ArrayList<>(2);
    private int refusals; // notes that forbid to ask

    private record Note(int block, PeerView peer, Kind kind, long untilNanos) {
        boolean isOf(int asked, PeerView other) {
            return block == asked && peer.equals(other);
        }

        boolean forbids() {
            return kind == Kind.REFUSED || kind == Kind.SHUNNED;
        }
    }

    enum Kind {
        /** It was asked although the first asker was, too. */
        ALSO_ASKED,
        /** It was asked and given up; an answer is still welcome. */
        LATE,
        /** As LATE, and it shall not be asked again before {@code untilNanos}. */
        SHUNNED,
        /** It said no, and shall not be asked again before {@code untilNanos}. */
        REFUSED
    }

    boolean isEmpty() {
        return notes.isEmpty();
    }

    void add(int block, PeerView peer, Kind kind, long untilNanos) {
        if (kind != Kind.ALSO_ASKED && notes.size() >= MAX_NOTES) {
            return;
        }
        Note note = new Note(block, peer, kind, untilNanos);
        notes.add(note);
        refusals += note.forbids() ? 1 : 0;
    }

    /** Whether the peer shall not be asked for the block now. */
    boolean forbids(int block, PeerView peer, long nowNanos) {
        if (refusals == 0) {
            return false;
        }
        for (Note note : notes) {
            if (note.isOf(block, peer) && note.forbids() && note.untilNanos - nowNanos > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether anything is noted of the peer and the block. */
    boolean knows(int block, PeerView peer) {
        for (Note note : notes) {
            if (note.isOf(block, peer)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the block may still come from the peer. */
    boolean expects(int block, PeerView peer) {
        for (Note note : notes) {
            if (note.isOf(block, peer) && note.kind != Kind.REFUSED) {
                return true;
            }
        }
        return false;
    }

    /** How many second askers a block has. */
    int otherCount(int block) {
        int count = 0;
        for (Note note : notes) {
            count += note.block == block && note.kind == Kind.ALSO_ASKED ? 1 : 0;
        }
        return count;
    }

    /** Second askers of a block in the order in which they were asked, all but {@code peer}. */
    List<PeerView> others(int block, @Nullable PeerView peer) {
        List<PeerView> found = new ArrayList<>(1);
        for (Note note : notes) {
            if (note.block == block && note.kind == Kind.ALSO_ASKED && !note.peer.equals(peer)) {
                found.add(note.peer);
            }
        }
        return found;
    }

    /** Takes back a second request; true if there was one. */
    boolean takeBack(int block, PeerView peer) {
        return remove(note -> note.isOf(block, peer) && note.kind == Kind.ALSO_ASKED);
    }

    /** Removes what is noted of a block, of all peers if {@code peer} is null. */
    void forget(int block, @Nullable PeerView peer) {
        remove(note -> note.block == block && (peer == null || note.peer.equals(peer)));
    }

    /** Removes what is noted of a peer. */
    void forget(PeerView peer) {
        remove(note -> note.peer.equals(peer));
    }

    /** Removes refusals that hold no longer; whether others are left. */
    boolean forgive(long nowNanos) {
        remove(note -> note.kind == Kind.REFUSED && note.untilNanos - nowNanos <= 0);
        return notes.stream().anyMatch(note -> note.kind == Kind.REFUSED);
    }

    private boolean remove(Predicate<Note> which) {
        return notes.removeIf(note -> {
            boolean removed = which.test(note);
            refusals -= removed && note.forbids() ? 1 : 0;
            return removed;
        });
    }
}
