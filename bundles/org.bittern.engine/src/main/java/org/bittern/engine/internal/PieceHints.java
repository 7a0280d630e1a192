package org.bittern.engine.internal;

import java.util.Arrays;

/**
 * Pieces that a peer gives even while it chokes us, and pieces that it suggests (BEP 6). Owned by
 * the torrent's loop.
 */
final class PieceHints {
    /** Of each kind; more are not kept. */
    static final int MOST = 64;

    private int[] allowed = {};
    private int[] suggested = {};

    /** Pieces that may be asked for at any time, in the order of coming; not to be changed. */
    int[] allowed() {
        return allowed;
    }

    /** Pieces that are cheap for the peer, the latest first; not to be changed. */
    int[] suggested() {
        return suggested;
    }

    /**
     * The peer allows a piece.
     *
     * @return false when there are too many already
     */
    boolean allow(int piece) {
        if (allowed.length == MOST) {
            return false;
        }
        allowed = Arrays.copyOf(allowed, allowed.length + 1);
        allowed[allowed.length - 1] = piece;
        return true;
    }

    /** The peer refused a piece that it allowed. */
    void forbid(int piece) {
        allowed = Arrays.stream(allowed).filter(other -> other != piece).toArray();
    }

    /** The peer suggests a piece; the oldest suggestion makes room. */
    void suggest(int piece) {
        int[] longer = new int[Math.min(MOST, suggested.length + 1)];
        System.arraycopy(suggested, 0, longer, 1, longer.length - 1);
        longer[0] = piece;
        suggested = longer;
    }
}
