package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

    /** Zeros that are stored nowhere (BEP 47): nobody is asked for them. */
    static final byte PADDING = 4;

    private final int piece;
    private final byte[] states;
    private final @Nullable PeerView[] askers; // first asker; later who sent the block
    private @Nullable BlockNotes notes; // null while nothing is out of the ordinary
    private @Nullable PeerView owner;
    private final int payload; // blocks that must come
    private int free;
    private int missing; // FREE or ASKED
    private int firstFree; // no block before it is FREE

    /**
     * A piece of which nothing has come.
     *
     * @param padding blocks that need not come; if that is all of them, they come like any other
     */
    PartialPiece(int piece, int blocks, BitSet padding) {
        this.piece = piece;
        states = new byte[blocks];
        askers = new PeerView[blocks];
        int pads = padding.cardinality();
        payload = pads < blocks ? blocks - pads : blocks;
        if (payload < blocks) {
            padding.stream().forEach(block -> states[block] = PADDING);
        }
        free = payload;
        missing = payload;
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
        return free == payload && notes == null;
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
        boolean untouched = free == payload;
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

    /**
     * The peer was asked for a block, whoever else is.
     *
     * @return false when the block is there, or need not come
     */
    boolean expect(int block, PeerView peer) {
        if (states[block] == ASKED && mayDouble(block, peer)) {
            notes().add(block, peer, BlockNotes.Kind.ALSO_ASKED, 0);
            owner = null;
            return true;
        }
        if (states[block] != FREE) {
            return false;
        }
        boolean untouched = free == payload;
        states[block] = ASKED;
        askers[block] = peer;
        free--;
        if (!peer.equals(owner)) {
            owner = untouched ? peer : null;
        }
        return true;
    }

    private boolean forbidden(int block, PeerView peer, long nowNanos) {
        return notes != null && notes.forbids(block, peer, nowNanos);
    }

    /** How many peers are asked for this block; 0 unless it is ASKED. */
    int askersOf(int block) {
        if (states[block] != ASKED) {
            return 0;
        }
        return notes == null ? 1 : 1 + notes.otherCount(block);
    }

    /** How many of the peers that are asked for this block have not stalled. */
    int workingAskersOf(int block) {
        PeerView first = askers[block];
        int working = first == null || first.stalled() ? 0 : 1;
        if (notes != null) {
            for (PeerView other : notes.others(block, null)) {
                working += other.stalled() ? 0 : 1;
            }
        }
        return working;
    }

    /** The rate of the fastest peer that is asked for this block, 0 unless it is ASKED. */
    long fastestAsked(int block, ToLongFunction<@Nullable PeerView> rate) {
        long fastest = states[block] == ASKED ? rate.applyAsLong(askers[block]) : 0;
        if (notes != null) {
            for (PeerView other : notes.others(block, null)) {
                fastest = Math.max(fastest, rate.applyAsLong(other));
            }
        }
        return fastest;
    }

    /** Whether the peer may be asked for a block that another one is asked for. */
    boolean mayDouble(int block, PeerView peer) {
        if (states[block] != ASKED || peer.equals(askers[block])) {
            return false;
        }
        return notes == null || !notes.knows(block, peer);
    }

    /** Asks one more peer for a block, see {@link #mayDouble}. */
    void takeToo(int block, PeerView peer, BlockSink sink) {
        notes().add(block, peer, BlockNotes.Kind.ALSO_ASKED, 0);
        owner = null;
        sink.request(piece, block);
    }

    /** A block has come. */
    Arrival received(int block, PeerView peer) {
        if (states[block] >= RECEIVED) {
            return new Arrival.Duplicate();
        }
        boolean first = states[block] == ASKED && peer.equals(askers[block]);
        if (!first && (notes == null || !notes.expects(block, peer))) {
            return new Arrival.Unwanted();
        }
        List<PeerView> cancel = states[block] == ASKED ? others(block, peer) : List.of();
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

    /** Who else is asked for a block. */
    private List<PeerView> others(int block, PeerView peer) {
        return notes == null ? List.of() : notes.others(block, peer);
    }

    private BlockNotes notes() {
        if (notes == null) {
            notes = new BlockNotes();
        }
        return notes;
    }

    void written(int block) {
        if (states[block] == RECEIVED) {
            states[block] = WRITTEN;
        }
    }

    /** A received block is lost: the store could not write it. */
    void lost(int block) {
        if (states[block] == RECEIVED || states[block] == WRITTEN) {
            missing++;
            freed(block);
        }
    }

    /** The peer will not answer, and may be asked again. */
    void released(int block, PeerView peer) {
        release(block, peer);
    }

    /** The peer said no (BEP 6), and is not asked again for a while. */
    void refused(int block, PeerView peer, long untilNanos) {
        if (release(block, peer)) {
            notes().add(block, peer, BlockNotes.Kind.REFUSED, untilNanos);
        }
    }

    /** Forgets refusals that hold no longer; whether others do. */
    boolean forgive(long nowNanos) {
        boolean hold = notes != null && notes.forgive(nowNanos);
        dropEmptyNotes();
        return hold;
    }

    /** The peer did not answer in time: others may be asked now; an answer is still welcome. */
    void timedOut(int block, PeerView peer, long untilNanos) {
        if (release(block, peer)) {
            notes().add(block, peer, BlockNotes.Kind.SHUNNED, untilNanos);
        }
    }

    /** We took a request back; what was on its way is still welcome. */
    void withdrawn(int block, PeerView peer) {
        if (release(block, peer)) {
            notes().add(block, peer, BlockNotes.Kind.LATE, 0);
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
            notes.forget(peer);
            dropEmptyNotes();
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
            boolean other = notes != null && notes.takeBack(block, peer);
            dropEmptyNotes();
            return other;
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

    /** Removes what is noted of a block, of all peers if {@code peer} is null. */
    private void forget(int block, @Nullable PeerView peer) {
        if (notes != null) {
            notes.forget(block, peer);
            dropEmptyNotes();
        }
    }

    private void dropEmptyNotes() {
        if (notes != null && notes.isEmpty()) {
            notes = null;
        }
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
