package org.bittern.engine.internal.choice;

import java.util.random.RandomGenerator;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of all pieces of one torrent: the shared ground of {@link PiecePicker}, which
 * changes it, and {@link PickRun}, which chooses from it. Owned by the torrent loop; not
 * thread-safe.
 */
final class PieceTable {
    final PieceMap map;
    final Wants wants;
    final Availability availability;
    final PartialPieces partials = new PartialPieces();
    final Deadlines deadlines = new Deadlines();
    boolean sequential;
    int sequentialFrom;

    private final RandomGenerator random;
    private @Nullable NewPieces newPieces; // null: nothing was chosen yet, or all is there

    PieceTable(PieceMap map, RandomGenerator random) {
        this.map = map;
        this.random = random;
        wants = new Wants(map);
        availability = new Availability(map.pieceCount());
    }

    /** Pieces that may be begun; made when first needed. */
    NewPieces newPieces() {
        if (newPieces == null) {
            newPieces = new NewPieces(wants, partials, availability, random);
        }
        return newPieces;
    }

    /** Whether the orders of new pieces are in memory. */
    boolean holdsOrders() {
        return newPieces != null;
    }

    /** Counts or priorities of many pieces have changed. */
    void invalidate() {
        if (newPieces != null) {
            newPieces.invalidate();
        }
    }

    /** A peer has got a piece; it is part of {@code has}. */
    void gained(int piece, Bitfield has) {
        if (availability.gained(piece, has)) {
            invalidate();
        } else if (newPieces != null) {
            newPieces.raised(piece);
        }
    }

    /** A peer has lost a piece; it is no longer part of {@code has}. */
    void lost(int piece, Bitfield has) {
        if (availability.lost(piece, has)) {
            invalidate();
        } else if (newPieces != null) {
            newPieces.lowered(piece);
        }
    }

    /** The piece is begun or verified. */
    void close(int piece) {
        if (newPieces != null) {
            newPieces.close(piece);
        }
    }

    /** Lets go of what only a download needs. */
    void rest() {
        if (wants.finished() && deadlines.size() == 0) {
            newPieces = null;
        }
    }

    /** Whether the piece shall be downloaded, by its priority or because a stream waits for it. */
    boolean wanted(int piece) {
        return wants.wanted(piece) || deadlines.has(piece);
    }

    /** The partial piece of this number, a new one if there is none. */
    PartialPiece begin(int piece) {
        PartialPiece partial = partials.get(piece);
        if (partial == null) {
            partial = new PartialPiece(piece, map.blocksIn(piece), map.paddingIn(piece));
            partials.add(partial);
            close(piece);
        }
        return partial;
    }

    /** Forgets all blocks of a piece. */
    void giveUp(PartialPiece partial) {
        partials.remove(partial);
        reopen(partial.piece());
    }

    void reopen(int piece) {
        if (newPieces != null && !wants.verified().get(piece)) {
            newPieces.reopen(piece);
        }
    }

    /** Keeps the lists right after blocks of a partial piece have become free. */
    void freed(PartialPiece partial) {
        if (partial.isPointless()) {
            giveUp(partial);
        } else {
            partials.refresh(partial);
        }
    }

    /** Whether every block of every wanted piece is asked of someone or there: the end game. */
    boolean allAsked() {
        for (int i = 0; i < partials.openCount(); i++) {
            if (wanted(partials.openAt(i).piece())) {
                return false;
            }
        }
        for (int i = 0; i < deadlines.size(); i++) {
            if (partials.get(deadlines.at(i).piece()) == null) {
                return false;
            }
        }
        return newPieces().isEmpty();
    }

    /** Whether the peer has something that we want and lack. */
    boolean interesting(Bitfield has) {
        if (has.hasAnyNotIn(wants.settled())) {
            return true;
        }
        for (int i = 0; i < deadlines.size(); i++) {
            int piece = deadlines.at(i).piece();
            if (has.get(piece) && !wants.verified().get(piece)) {
                return true;
            }
        }
        return false;
    }
}
