package org.bittern.engine.internal.choice;

import java.util.function.IntFunction;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces are verified and which are wanted. Owned by the torrent loop; not thread-safe.
 *
 * <p>As long as everything is wanted there is only the set of verified pieces.
 */
final class Wants {
    /** Priorities by code, a byte per piece. */
    private static final Priority[] PRIORITIES = {
        Priority.SKIP, Priority.LOW, Priority.NORMAL, Priority.HIGH
    };

    private static final byte SKIP = 0;
    private static final byte LOW = 1;
    private static final byte NORMAL = 2;
    private static final byte HIGH = 3;

    private final PieceMap map;
    private final Bitfield verified;
    private byte @Nullable [] priorities; // null: all NORMAL
    private @Nullable Bitfield settled; // verified or not wanted; null: the same as verified

    Wants(PieceMap map) {
        this.map = map;
        verified = new Bitfield(map.pieceCount());
    }

    /** Live. */
    Bitfield verified() {
        return verified;
    }

    /** Pieces that need nothing any more: verified or not wanted. Live. */
    Bitfield settled() {
        return settled == null ? verified : settled;
    }

    Priority priority(int piece) {
        return priorities == null ? Priority.NORMAL : PRIORITIES[priorities[piece]];
    }

    boolean wanted(int piece) {
        return priorities == null || priorities[piece] != SKIP;
    }

    private static byte code(Priority priority) {
        return switch (priority) {
            case SKIP -> SKIP;
            case LOW -> LOW;
            case NORMAL -> NORMAL;
            case HIGH -> HIGH;
        };
    }

    void priorities(IntFunction<Priority> byPiece) {
        byte[] array = new byte[map.pieceCount()];
        boolean plain = true;
        for (int piece = 0; piece < array.length; piece++) {
            array[piece] = code(byPiece.apply(piece));
            plain &= array[piece] == NORMAL;
        }
        priorities = plain ? null : array;
        settle();
    }

    /** Replaces the set of verified pieces. */
    void reset(Bitfield pieces) {
        verified.clearAll();
        verified.or(pieces);
        settle();
    }

    private void settle() {
        settled = null;
        if (priorities != null) {
            Bitfield done = verified.copy();
            for (int piece = 0; piece < priorities.length; piece++) {
                if (!wanted(piece)) {
                    done.set(piece);
                }
            }
            settled = done;
        }
    }

    /** True when it was not verified before. */
    boolean verify(int piece) {
        if (!verified.set(piece)) {
            return false;
        }
        if (settled != null) {
            settled.set(piece);
        }
        return true;
    }

    /** True when it was verified before. */
    boolean lose(int piece) {
        if (!verified.clear(piece)) {
            return false;
        }
        if (settled != null && wanted(piece)) {
            settled.clear(piece);
        }
        return true;
    }

    /** Whether every wanted piece is verified. */
    boolean finished() {
        return settled().isComplete();
    }
}
