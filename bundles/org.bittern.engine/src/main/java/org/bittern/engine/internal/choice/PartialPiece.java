package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A piece of which some blocks were asked for or have come, but which is not verified. Owned by the
 * torrent loop; not thread-safe.
 *
 * <p>Each block has one first asker. What is rarer (second askers in the end game, answers that may
 * still come after a time-out, refusals) is in a list that usually does not exist.
 */
final class PartialPiece {
    /** Nobody was asked. */
    static final byte FREE = 0;

    /** Asked of at least one peer. */
    static final byte ASKED = 1;

    /** Given to the store. */
    static final byte RECEIVED = 2;

    /** In the file. */
    static final byte WRITTEN = 3;

    /** How many late answers and refusals are remembered; older ones are simply forgotten. */
    private static final int MAX_NOTES = 1024;

    private final int piece;
    private final byte[] states;
    private final @Nullable PeerView[] askers; // first asker; later who sent the block
    private @Nullable List<Note> notes;
    private int refusals; // notes that forbid to ask
    private @Nullable PeerView owner;
    private int free;
    private int missing; // FREE or ASKED
    private int firstFree; // no block before it is FREE

    /** Something out of the ordinary about a block and a peer. */
    private record Note(int block, PeerView peer, Kind kind, long untilNanos) {}

    private enum Kind {
        /** It was asked although the first asker was, too. */
        ALSO_ASKED,
        /** It was asked and given up; an answer is still welcome. */
        LATE,
        /** As LATE, and it shall not be asked again before {@code untilNanos}. */
        SHUNNED,
        /** It said no, and shall not be asked again before {@code untilNanos}. */
        REFUSED
    }

    PartialPiece(int piece, int blocks) {
        this.piece = piece;
        states = new byte[blocks];
        askers = new PeerView[blocks];
        free = blocks;
        missing = blocks;
    }

    int piece() {
        return piece;
    }

    int blocks() {
        return states.length;
    }

    byte state(int block) {
        return states[block];
    }

    int free() {
        return free;
    }

    /** Blocks that have not come. */
    int missing() {
        return missing;
    }

    /** Whether nothing is lost when this is forgotten. */
    boolean isPointless() {
        return free == states.length && notes == null;
    }

    /** The peer that all blocks so far were asked of and that is still at it; null when several. */
    @Nullable PeerView owner() {
        return owner;
    }

    /** Who was asked first, or who sent the block if it has come; null if nobody we know. */
    @Nullable PeerView asker(int block) {
        return askers[block];
    }

    /** Marks a block that an earlier run has written. */
    void restore(int block) {
        if (states[block] == FREE) {
            states[block] = WRITTEN;
            free--;
            missing--;
        }
    }

    /**
     * Asks for free blocks in order.
     *
     * @return how many, at most {@code most}
     */
    int take(PeerView peer, int most, long nowNanos, BlockSink sink) {
        boolean untouched = free == states.length;
        int taken = 0;
        for (int block = firstFree; block < states.length && taken < most && free > 0; block++) {
            if (states[block] == FREE && !forbidden(block, peer, nowNanos)) {
                forget(block, peer);
                states[block] = ASKED;
                askers[block] = peer;
                free--;
                taken++;
                sink.request(piece, block);
            }
        }
        while (firstFree < states.length && states[firstFree] != FREE) {
            firstFree++;
        }
        if (taken > 0 && !peer.equals(owner)) {
            owner = untouched ? peer : null;
        }
        return taken;
    }

    private boolean forbidden(int block, PeerView peer, long nowNanos) {
        if (notes == null || refusals == 0) {
            return false;
        }
        for (Note note : notes) {
            if (forbids(note, block, peer, nowNanos)) {
                return true;
            }
        }
        return false;
    }

    private static boolean forbids(Note note, int block, PeerView peer, long nowNanos) {
        return note.block == block
                && note.peer.equals(peer)
                && forbids(note)
                && note.untilNanos - nowNanos > 0;
    }

    /** How many peers are asked for this block; 0 unless it is ASKED. */
    int askersOf(int block) {
        if (states[block] != ASKED) {
            return 0;
        }
        int count = 1;
        if (notes != null) {
            for (Note note : notes) {
                count += note.block == block && note.kind == Kind.ALSO_ASKED ? 1 : 0;
            }
        }
        return count;
    }

    /** The rate of the fastest peer that is asked for this block, 0 unless it is ASKED. */
    long fastestAsked(int block, ToLongFunction<@Nullable PeerView> rate) {
        long fastest = states[block] == ASKED ? rate.applyAsLong(askers[block]) : 0;
        if (notes != null) {
            for (Note note : notes) {
                if (note.block == block && note.kind == Kind.ALSO_ASKED) {
                    fastest = Math.max(fastest, rate.applyAsLong(note.peer));
                }
            }
        }
        return fastest;
    }

    /** Whether the peer may be asked for a block that another one is asked for. */
    boolean mayDouble(int block, PeerView peer) {
        if (states[block] != ASKED || peer.equals(askers[block])) {
            return false;
        }
        if (notes != null) {
            for (Note note : notes) {
                if (note.block == block && note.peer.equals(peer)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Asks one more peer for a block, see {@link #mayDouble}. */
    void takeToo(int block, PeerView peer, BlockSink sink) {
        note(new Note(block, peer, Kind.ALSO_ASKED, 0));
        owner = null;
        sink.request(piece, block);
    }

    /** A block has come. */
    Arrival received(int block, PeerView peer) {
        if (states[block] >= RECEIVED) {
            return new Arrival.Duplicate();
        }
        boolean first = states[block] == ASKED && peer.equals(askers[block]);
        if (!first && !expected(block, peer)) {
            return new Arrival.Unwanted();
        }
        List<PeerView> cancel =
                states[block] == ASKED && notes != null ? others(block, peer) : List.of();
        PeerView other = askers[block];
        if (!first && other != null) {
            cancel = new ArrayList<>(cancel);
            cancel.add(other);
        }
        if (states[block] == FREE) {
            free--;
        }
        states[block] = RECEIVED;
        askers[block] = peer;
        missing--;
        forget(block, null);
        return new Arrival.Wanted(missing == 0, List.copyOf(cancel));
    }

    private boolean expected(int block, PeerView peer) {
        if (notes != null) {
            for (Note note : notes) {
                if (note.block == block && note.peer.equals(peer) && note.kind != Kind.REFUSED) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<PeerView> others(int block, PeerView peer) {
        List<PeerView> found = new ArrayList<>(1);
        if (notes != null) {
            for (Note note : notes) {
                if (note.block == block
                        && !note.peer.equals(peer)
                        && note.kind == Kind.ALSO_ASKED) {
                    found.add(note.peer);
                }
            }
        }
        return found;
    }

    void written(int block) {
        if (states[block] == RECEIVED) {
            states[block] = WRITTEN;
        }
    }

    /** A received block is lost: the store could not write it. */
    void lost(int block) {
        if (states[block] >= RECEIVED) {
            missing++;
            freed(block);
        }
    }

    /** The peer said no (BEP 6), and is not asked again for a while. */
    void refused(int block, PeerView peer, long untilNanos) {
        if (release(block, peer)) {
            note(new Note(block, peer, Kind.REFUSED, untilNanos));
        }
    }

    /** The peer did not answer in time: others may be asked now; an answer is still welcome. */
    void timedOut(int block, PeerView peer, long untilNanos) {
        if (release(block, peer)) {
            note(new Note(block, peer, Kind.SHUNNED, untilNanos));
        }
    }

    /** We took a request back; what was on its way is still welcome. */
    void withdrawn(int block, PeerView peer) {
        if (release(block, peer)) {
            note(new Note(block, peer, Kind.LATE, 0));
        }
    }

    /** The peer dropped our requests by choking us; what was on its way is still welcome. */
    void choked(PeerView peer) {
        for (int block = 0; block < states.length; block++) {
            withdrawn(block, peer);
        }
        disown(peer);
    }

    /** Nothing comes from this peer any more. */
    void gone(PeerView peer) {
        for (int block = 0; block < states.length; block++) {
            release(block, peer);
        }
        if (notes != null) {
            removeNotes(note -> note.peer.equals(peer));
        }
        disown(peer);
    }

    private void disown(PeerView peer) {
        if (peer.equals(owner)) {
            owner = null;
        }
    }

    /** Takes back one request; true if there was one. */
    private boolean release(int block, PeerView peer) {
        if (states[block] != ASKED) {
            return false;
        }
        if (!peer.equals(askers[block])) {
            return notes != null
                    && removeNotes(n ->
                            n.block == block && n.peer.equals(peer) && n.kind == Kind.ALSO_ASKED);
        }
        List<PeerView> others = others(block, peer);
        if (others.isEmpty()) {
            freed(block);
        } else {
            PeerView heir = others.getFirst();
            forget(block, heir);
            askers[block] = heir;
        }
        return true;
    }

    private void freed(int block) {
        states[block] = FREE;
        askers[block] = null;
        free++;
        firstFree = Math.min(firstFree, block);
    }

    private void note(Note note) {
        if (notes == null) {
            notes = new ArrayList<>(2);
        }
        if (note.kind != Kind.ALSO_ASKED && notes.size() >= MAX_NOTES) {
            return;
        }
        notes.add(note);
        refusals += forbids(note) ? 1 : 0;
    }

    private static boolean forbids(Note note) {
        return note.kind == Kind.REFUSED || note.kind == Kind.SHUNNED;
    }

    /** Removes what is noted of a block, of all peers if {@code peer} is null. */
    private void forget(int block, @Nullable PeerView peer) {
        if (notes != null) {
            removeNotes(note -> note.block == block && (peer == null || note.peer.equals(peer)));
        }
    }

    private boolean removeNotes(Predicate<Note> which) {
        boolean any = false;
        if (notes != null) {
            for (Iterator<Note> i = notes.iterator(); i.hasNext(); ) {
                Note note = i.next();
                if (which.test(note)) {
                    i.remove();
                    refusals -= forbids(note) ? 1 : 0;
                    any = true;
                }
            }
            if (notes.isEmpty()) {
                notes = null;
            }
        }
        return any;
    }

    /** The blocks that are in the file. */
    BitSet writtenBlocks() {
        BitSet written = new BitSet(states.length);
        for (int block = 0; block < states.length; block++) {
            written.set(block, states[block] == WRITTEN);
        }
        return written;
    }
}
