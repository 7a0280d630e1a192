package org.bittern.api.engine;

import java.util.List;

/**
 * The pieces that one reader of a torrent needs, in the order in which it needs them.
 *
 * @param first what the reader waits for
 * @param ahead what it will need later, soonest first
 */
public record PieceNeed(Span first, List<Span> ahead) {

    public PieceNeed {
        ahead = List.copyOf(ahead);
    }

    /** How soon a piece is needed; an earlier class goes before a later one, of all readers. */
    public enum Urgency {
        /** A reader is blocked until it comes. */
        URGENT,
        /** Soon to be read. */
        NEXT,
        /** Likely to be asked for: beginning and end of a file, where players look for an index. */
        EDGE
    }

    /**
     * Neighbouring pieces.
     *
     * @param last inclusive
     */
    public record Span(int first, int last, Urgency urgency) {
        public Span {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("pieces " + first + " to " + last);
            }
        }
    }
}
