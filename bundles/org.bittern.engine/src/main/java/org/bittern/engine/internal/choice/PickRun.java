package org.bittern.engine.internal.choice;

import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * One answer to "what do I ask of this peer now?". Used once, by the torrent loop.
 *
 * <p>The order of choice: what a stream waits for; what this peer has begun; what others have
 * begun, since only whole pieces are worth something; what the peer suggests (BEP 6); new pieces. A
 * peer that brings a whole piece within {@link #WHOLE_PIECE_SECONDS} gets pieces of its own, one
 * after the other: the disk sees long runs, and a bad piece has one culprit. When too many pieces
 * are begun, completing them comes before all of this. Last of all, when every block is asked of
 * someone, an idle peer is asked for one more copy (end game).
 */
final class PickRun {
    /** A peer that needs no longer for a piece does not share it. */
    static final int WHOLE_PIECE_SECONDS = 20;

    /** Longer pieces are always shared. */
    static final int MAX_OWN_PIECE_BYTES = 8 << 20;

    /** When begun pieces hold more blocks than this, they are completed first: 32 MiB. */
    static final int MAX_PARTIAL_BLOCKS = (32 << 20) / PieceMap.BLOCK;

    /**
     * So many peers at most are asked for the same block, unless another is much faster; those who
     * have stalled do not count.
     */
    static final int MAX_ASKERS = 2;

    /** Much faster is so many times as fast as all who were asked. */
    static final int MUCH_FASTER = 2;

    private final PieceTable table;
    private final PeerView peer;
    private final Bitfield has;
    private final long nowNanos;
    private final BlockSink sink;
    private int left;

    PickRun(PieceTable table, PeerView peer, int howMany, long nowNanos, BlockSink sink) {
        this.table = table;
        this.peer = peer;
        this.nowNanos = nowNanos;
        this.sink = sink;
        has = peer.pieces();
        left = howMany;
    }

    /** How many blocks were chosen. */
    int run() {
        int asked = left;
        if (peer.chokesUs()) {
            listed(peer.allowedFast(), false);
            return asked - left;
        }
        if (!peer.snubbed()) {
            deadlines();
        }
        begun(Sharing.OWN);
        boolean alone = alone(peer);
        boolean crowded = crowded();
        if (crowded || (!alone && !peer.snubbed())) {
            begun(crowded ? Sharing.ALL : Sharing.WELCOME);
        }
        listed(peer.suggested(), true);
        fresh();
        begun(Sharing.ALL);
        if (peer.snubbed()) {
            deadlines(); // better from a slow peer than not at all
        }
        if (left > 0 && asked == left && peer.outstanding() == 0) {
            endGame();
        }
        return asked - left;
    }

    /** Which begun pieces are meant. */
    private enum Sharing {
        /** Those of this peer. */
        OWN,
        /** Those that nobody keeps for himself. */
        WELCOME,
        ALL
    }

    private void deadlines() {
        for (int i = 0; i < table.deadlines.size() && left > 0; i++) {
            Deadlines.Due due = table.deadlines.at(i);
            if (!has.get(due.piece())) {
                continue;
            }
            PartialPiece partial = table.begin(due.piece());
            take(partial);
            if (due.missed(nowNanos)) {
                rescue(partial);
            }
        }
    }

    /** Asks for blocks too that others do not bring in time, unless those are faster. */
    private void rescue(PartialPiece partial) {
        for (int block = 0; block < partial.blocks() && left > 0; block++) {
            if (rate(partial.asker(block)) <= peer.downloadRate()) {
                doubled(partial, block);
            }
        }
    }

    private void begun(Sharing sharing) {
        for (int i = 0; i < table.partials.openCount() && left > 0; ) {
            PartialPiece partial = table.partials.openAt(i);
            if (has.get(partial.piece())
                    && table.wanted(partial.piece())
                    && open(partial, sharing)) {
                take(partial);
            }
            if (partial.free() > 0) {
                i++; // otherwise it has left the list
            }
        }
    }

    private boolean open(PartialPiece partial, Sharing sharing) {
        PeerView owner = partial.owner();
        return switch (sharing) {
            case OWN -> peer.equals(owner);
            case WELCOME -> owner == null || !alone(owner);
            case ALL -> true;
        };
    }

    private boolean alone(PeerView worker) {
        int pieceLength = table.map.pieceLength();
        return worker.onParole()
                || (pieceLength <= MAX_OWN_PIECE_BYTES
                        && worker.downloadRate() * WHOLE_PIECE_SECONDS >= pieceLength);
    }

    private boolean crowded() {
        int open = table.partials.openCount();
        return open > 1.5 * table.availability.peers()
                || (long) open * table.map.blocksIn(0) > MAX_PARTIAL_BLOCKS;
    }

    /** Pieces that the peer has named. */
    private void listed(int[] pieces, boolean newOnly) {
        for (int i = 0; i < pieces.length && left > 0; i++) {
            int piece = pieces[i];
            if (has.get(piece) && table.wanted(piece) && !table.wants.verified().get(piece)) {
                if (!newOnly || table.partials.get(piece) == null) {
                    take(table.begin(piece));
                }
            }
        }
    }

    private void fresh() {
        while (left > 0) {
            int piece =
                    table.newPieces()
                            .choose(
                                    has,
                                    table.sequential ? table.sequentialFrom : NewPieces.RAREST);
            if (piece < 0) {
                return;
            }
            take(table.begin(piece));
        }
    }

    private void take(PartialPiece partial) {
        if (partial.free() > 0) {
            left -= partial.take(peer, left, nowNanos, sink);
            if (partial.free() == 0) {
                table.partials.refresh(partial);
            }
        }
    }

    private void doubled(PartialPiece partial, int block) {
        if (mayDouble(partial, block)) {
            partial.takeToo(block, peer, sink);
            left--;
        }
    }

    private boolean mayDouble(PartialPiece partial, int block) {
        if (!partial.mayDouble(block, peer)) {
            return false;
        }
        // Two slow peers that were asked for each other's last blocks must not bar the way of a
        // fast one. Each further asker is that much faster: so they are few. Nor must those who
        // bring a byte now and then bar the way of one who has brought nothing yet.
        return partial.askersOf(block) < MAX_ASKERS
                || partial.fastestAsked(block, PickRun::rate) < peer.downloadRate() / MUCH_FASTER
                || partial.workingAskersOf(block) < MAX_ASKERS;
    }

    /** One block that another peer was asked for: the one whose asker is slowest. */
    private void endGame() {
        if (!table.allAsked()) {
            return;
        }
        PartialPiece best = null;
        int bestBlock = 0;
        long bestRate = Long.MAX_VALUE;
        for (PartialPiece partial : table.partials.list()) {
            if (!has.get(partial.piece()) || !table.wanted(partial.piece())) {
                continue;
            }
            for (int block = 0; block < partial.blocks(); block++) {
                if (mayDouble(partial, block)) {
                    long rate = rate(partial.asker(block));
                    if (rate < bestRate) {
                        best = partial;
                        bestBlock = block;
                        bestRate = rate;
                    }
                }
            }
        }
        if (best != null) {
            doubled(best, bestBlock);
        }
    }

    private static long rate(@Nullable PeerView asker) {
        return asker == null || asker.snubbed() ? 0 : asker.downloadRate();
    }
}
