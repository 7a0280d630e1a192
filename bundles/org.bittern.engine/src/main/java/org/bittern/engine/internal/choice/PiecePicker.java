package org.bittern.engine.internal.choice;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which blocks of a torrent are asked of which peer, and knows the state of each block:
 * free, asked for, received, written. Owned by the torrent loop; not thread-safe.
 *
 * <p>The choice itself is described at {@link PickRun} and {@link NewPieces}. The loop tells every
 * event here; a block that is handed to a {@link BlockSink} counts as asked for, and stays so until
 * it is received, or given back by {@link #rejected}, {@link #timedOut}, {@link #choked} or {@link
 * #peerGone}. A complete torrent holds nothing but the set of its pieces.
 */
public final class PiecePicker {
    /** So long a peer is not asked again for a block that it refused or did not bring in time. */
    static final long SHUN_NANOS = 10_000_000_000L;

    private final PieceTable table;
    private final PieceMap map;
    private final Set<Integer> refused = new HashSet<>(0); // pieces with refusals that may hold

    /** A picker for a torrent of which nothing is there and everything is wanted. */
    public PiecePicker(PieceMap map, RandomGenerator random) {
        this.map = map;
        table = new PieceTable(map, random);
    }

    // ---- choosing

    /**
     * Chooses blocks to ask of a peer.
     *
     * @param howMany at most; 0 and less are nothing
     * @return how many were chosen
     */
    public int pick(PeerView peer, int howMany, long nowNanos, BlockSink sink) {
        if (howMany <= 0 || !interesting(peer.pieces())) {
            return 0;
        }
        return new PickRun(table, peer, howMany, nowNanos, sink).run();
    }

    /**
     * Whether a peer has anything that we want and lack; costs one step per 64 pieces.
     *
     * @param has what the peer has
     */
    public boolean interesting(Bitfield has) {
        return table.interesting(has);
    }

    /** Pieces in order instead of rarest first. */
    public void sequential(boolean sequential) {
        table.sequential = sequential;
    }

    /** Where the order begins, when pieces come in order; those before it come at the end. */
    public void sequentialFrom(int piece) {
        table.sequentialFrom = piece;
    }

    /** Sets how much each piece is wanted. */
    public void priorities(IntFunction<Priority> byPiece) {
        table.wants.priorities(byPiece);
        table.invalidate();
        table.rest();
    }

    /**
     * Replaces the pieces that readers wait for: they go before all others, whatever their
     * priority.
     *
     * @param pieces in the order in which they shall come, none twice
     * @param dueNanos for each when it is late; from then on second peers are asked too
     */
    public void deadlines(int[] pieces, long[] dueNanos) {
        table.deadlines.clear();
        for (int i = 0; i < pieces.length; i++) {
            if (!table.wants.verified().get(pieces[i])) {
                table.deadlines.add(pieces[i], dueNanos[i]);
            }
        }
        table.rest();
    }

    /** Whether blocks of the piece are asked of nobody. */
    public boolean hasFree(int piece) {
        PartialPiece partial = table.partials.get(piece);
        return !table.wants.verified().get(piece) && (partial == null || partial.free() > 0);
    }

    // ---- peers

    /** A peer came, or its first bitfield did. */
    public void peerAdded(Bitfield has) {
        table.availability.add(has);
        if (!has.isComplete() && !has.isEmpty()) {
            table.invalidate();
        }
    }

    /**
     * A peer went.
     *
     * @param has what it had at last, as told here
     */
    public void peerRemoved(Bitfield has) {
        table.availability.remove(has);
        if (!has.isComplete() && !has.isEmpty()) {
            table.invalidate();
        }
    }

    /**
     * A peer has got a piece that it lacked.
     *
     * @param has what it has now, with this piece
     */
    public void peerHas(int piece, Bitfield has) {
        table.gained(piece, has);
    }

    /**
     * A peer has lost a piece that it had (BEP 54).
     *
     * @param has what it has now, without this piece
     */
    public void peerLost(int piece, Bitfield has) {
        table.lost(piece, has);
    }

    /**
     * The peer choked us, and does not answer open requests (without the fast extension, BEP 6).
     */
    public void choked(PeerView peer) {
        for (PartialPiece partial : table.partials.list()) {
            partial.choked(peer);
            table.freed(partial);
        }
    }

    /** The peer is gone: what was asked of it is free for others. */
    public void peerGone(PeerView peer) {
        for (PartialPiece partial : table.partials.list()) {
            partial.gone(peer);
            table.freed(partial);
        }
    }

    // ---- blocks

    /**
     * A block has come.
     *
     * @param block number in the piece; one outside is {@link Arrival.Unwanted}
     */
    public Arrival received(int piece, int block, PeerView peer) {
        if (piece < 0 || piece >= map.pieceCount() || block < 0 || block >= map.blocksIn(piece)) {
            return new Arrival.Unwanted();
        }
        if (table.wants.verified().get(piece)) {
            return new Arrival.Duplicate();
        }
        PartialPiece partial = table.partials.get(piece);
        if (partial == null) {
            return new Arrival.Unwanted();
        }
        int freeBefore = partial.free();
        Arrival arrival = partial.received(block, peer);
        if (partial.free() != freeBefore) {
            table.partials.refresh(partial);
        }
        return arrival;
    }

    /**
     * A peer was asked for a block before there was this picker.
     *
     * @return false when nobody needs it of this peer
     */
    public boolean expect(int piece, int block, PeerView peer) {
        if (piece < 0
                || piece >= map.pieceCount()
                || block < 0
                || block >= map.blocksIn(piece)
                || table.wants.verified().get(piece)) {
            return false;
        }
        PartialPiece partial = table.begin(piece);
        boolean expected = partial.expect(block, peer);
        table.freed(partial);
        return expected;
    }

    /** The store has written a received block. */
    public void written(int piece, int block) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            partial.written(block);
        }
    }

    /** The store could not write a received block: it must be asked for again. */
    public void writeFailed(int piece, int block) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            partial.lost(block);
            table.freed(partial);
        }
    }

    /** The peer refuses a block (BEP 6), or the request could not be sent. */
    public void rejected(int piece, int block, PeerView peer, long nowNanos) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null && block < partial.blocks()) {
            // A choke comes with refusals of all that was asked; after the unchoke it may be asked
            // again.
            if (peer.chokesUs()) {
                partial.released(block, peer);
            } else {
                partial.refused(block, peer, nowNanos + SHUN_NANOS);
                refused.add(piece);
            }
            table.freed(partial);
        }
    }

    /** Once a second: forgets refusals that hold no longer, and pieces with nothing else. */
    public void pulse(long nowNanos) {
        refused.removeIf(piece -> {
            PartialPiece partial = table.partials.get(piece);
            boolean holds = partial != null && partial.forgive(nowNanos);
            if (partial != null) {
                table.freed(partial);
            }
            return !holds;
        });
    }

    /** We took a request back; the block is free, and still welcome if it comes. */
    public void withdrawn(int piece, int block, PeerView peer) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            partial.withdrawn(block, peer);
            table.freed(partial);
        }
    }

    /**
     * The peer did not bring a block in time: others are asked; it is still welcome if it comes.
     */
    public void timedOut(int piece, int block, PeerView peer, long nowNanos) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            partial.timedOut(block, peer, nowNanos + SHUN_NANOS);
            table.freed(partial);
        }
    }

    // ---- pieces

    /** The piece is there and good. */
    public void pieceVerified(int piece) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            table.partials.remove(partial);
        }
        table.deadlines.remove(piece);
        if (table.wants.verify(piece)) {
            table.close(piece);
            table.rest();
        }
    }

    /** The piece is complete, but bad: all of it must come again. */
    public void pieceFailed(int piece) {
        PartialPiece partial = table.partials.get(piece);
        if (partial != null) {
            table.giveUp(partial);
        }
    }

    /** A verified piece is gone, for example because its file is. */
    public void pieceLost(int piece) {
        if (table.wants.lose(piece)) {
            table.reopen(piece);
        }
    }

    /**
     * Replaces the set of verified pieces and forgets all partial ones: after a check or a restart.
     */
    public void reset(Bitfield verified) {
        for (PartialPiece partial : table.partials.list()) {
            table.partials.remove(partial);
        }
        table.wants.reset(verified);
        table.invalidate();
        table.rest();
    }

    /**
     * Takes over the blocks of a piece that an earlier run has written.
     *
     * @return true when all blocks are there: the piece can be verified
     */
    public boolean restore(int piece, BitSet writtenBlocks) {
        int blocks = map.blocksIn(piece);
        if (table.wants.verified().get(piece)
                || writtenBlocks.isEmpty()
                || writtenBlocks.length() > blocks) {
            return false;
        }
        PartialPiece partial = table.begin(piece);
        writtenBlocks.stream().forEach(partial::restore);
        table.partials.refresh(partial);
        return partial.missing() == 0;
    }

    // ---- state

    /** The verified pieces; live, not to be changed. */
    public Bitfield verified() {
        return table.wants.verified();
    }

    /** How much the piece is wanted. */
    public Priority priority(int piece) {
        return table.wants.priority(piece);
    }

    /** Whether every wanted piece is verified. */
    public boolean isFinished() {
        return table.wants.finished();
    }

    /** Whether every piece is verified. */
    public boolean isComplete() {
        return verified().isComplete();
    }

    /** Connected peers per piece. */
    public int[] availability() {
        return table.availability.toArray();
    }

    /** Who sent the block of a piece that is not verified yet, or was asked for it first. */
    public @Nullable PeerView sender(int piece, int block) {
        PartialPiece partial = table.partials.get(piece);
        return partial == null ? null : partial.asker(block);
    }

    /** Visits each begun piece with the blocks that are in the file: for resume data. */
    public void forEachPartial(PartialVisitor visitor) {
        table.partials.forEach(
                partial -> visitor.partial(partial.piece(), partial.writtenBlocks()));
    }

    /** Is told of begun pieces. */
    @FunctionalInterface
    public interface PartialVisitor {
        /**
         * A begun piece.
         *
         * @param written a copy, by block number
         */
        void partial(int piece, BitSet written);
    }

    PieceTable table() {
        return table;
    }
}
