package org.bittern.engine.internal.choice;

import java.util.random.RandomGenerator;
import org.bittern.metainfo.Bitfield;
import org.jspecify.annotations.Nullable;

/**
 * The wanted pieces that nobody was asked for yet, and which of them to begin next: higher
 * priorities first, then rarest first. Owned by the torrent loop; not thread-safe. Exists only
 * while a torrent downloads.
 *
 * <p>Rarest first keeps pieces alive whose only owner may leave, and gives us something to trade
 * (Legout et al., "Rarest first and choke algorithms are enough", 2006). The first pieces are
 * random instead: a rare piece comes from one slow peer, and without a piece we have nothing to
 * trade.
 *
 * <p>A change of one count moves one piece ({@link RarityOrder}); a change of many marks the orders
 * as stale, and they are built again when the next piece is begun. When a peer has none of the
 * rarest pieces the search gives up after {@link #MAX_STEPS} and takes the rarest of a random
 * sample: rarest first need not be exact, but must not cost n steps a block.
 */
final class NewPieces {
    /** So many pieces begin at random. */
    static final int RANDOM_PIECES = 4;

    private static final int MAX_STEPS = 2048;
    private static final int SAMPLE = 16;
    private static final int NONE = -1;

    /** No order: rarest first. */
    static final int RAREST = -1;

    private final Wants wants;
    private final PartialPieces partials;
    private final Availability availability;
    private final RandomGenerator random;
    private final Bitfield closed; // verified, skipped or begun
    private final @Nullable RarityOrder[] tiers; // by Tier, null: never needed
    private boolean stale = true;

    NewPieces(
            Wants wants,
            PartialPieces partials,
            Availability availability,
            RandomGenerator random) {
        this.wants = wants;
        this.partials = partials;
        this.availability = availability;
        this.random = random;
        closed = new Bitfield(wants.verified().pieceCount());
        tiers = new RarityOrder[3];
    }

    /** 0 is asked for first. */
    private int tierOf(int piece) {
        return switch (wants.priority(piece)) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW, SKIP -> 2;
        };
    }

    /** Counts or priorities of many pieces have changed. */
    void invalidate() {
        stale = true;
    }

    /** One more peer has this piece. */
    void raised(int piece) {
        RarityOrder order = orderWith(piece);
        if (order != null) {
            order.raise(piece);
        }
    }

    /** One peer less has this piece. */
    void lowered(int piece) {
        RarityOrder order = orderWith(piece);
        if (order != null) {
            order.lower(piece);
        }
    }

    /** The piece is begun or verified. */
    void close(int piece) {
        if (stale) {
            return;
        }
        closed.set(piece);
        RarityOrder order = orderWith(piece);
        if (order != null) {
            order.remove(piece);
        }
    }

    /** The order that the piece stands in, null if in none. */
    private @Nullable RarityOrder orderWith(int piece) {
        RarityOrder order = stale ? null : tiers[tierOf(piece)];
        return order != null && order.contains(piece) ? order : null;
    }

    /** The piece was given up or has failed. */
    void reopen(int piece) {
        if (!stale && wants.wanted(piece) && closed.clear(piece)) {
            tier(tierOf(piece)).add(piece, availability.withoutSeeds(piece));
        }
    }

    /** Whether nothing is left to be begun. */
    boolean isEmpty() {
        refresh();
        return closed.isComplete();
    }

    /** Whether the piece is wanted and not begun. */
    boolean isOpen(int piece) {
        refresh();
        return !closed.get(piece);
    }

    /**
     * The piece to begin next.
     *
     * @param has what the peer has
     * @param inOrderFrom the first piece of the order, or {@link #RAREST}
     * @return -1 if it has nothing new
     */
    int choose(Bitfield has, int inOrderFrom) {
        refresh();
        if (!has.hasAnyNotIn(closed)) {
            return NONE;
        }
        if (inOrderFrom != RAREST) {
            int later = inOrder(has, Math.min(inOrderFrom, has.pieceCount() - 1));
            return later >= 0 ? later : inOrder(has, 0);
        }
        boolean atRandom = wants.verified().cardinality() < RANDOM_PIECES;
        int steps = MAX_STEPS;
        for (RarityOrder tier : tiers) {
            if (tier == null || tier.size() == 0) {
                continue;
            }
            int from = has.isComplete() ? 0 : tier.firstOf(1);
            int size = tier.size() - from;
            int shift = atRandom && size > 0 ? random.nextInt(size) : 0;
            for (int i = 0; i < size; i++) {
                int piece = tier.at(from + (i + shift) % size);
                if (has.get(piece)) {
                    return piece;
                }
                if (--steps == 0) {
                    return sampled(has);
                }
            }
        }
        return sampled(has);
    }

    private int inOrder(Bitfield has, int from) {
        int best = NONE;
        for (int piece = next(has, from); piece >= 0; piece = next(has, piece + 1)) {
            if (best < 0 || tierOf(piece) < tierOf(best)) {
                best = piece;
            }
            if (isHighestTier(tierOf(best))) {
                return best;
            }
        }
        return best;
    }

    /** Whether there is no open piece of a higher priority. */
    private boolean isHighestTier(int tier) {
        for (int t = 0; t < tier; t++) {
            RarityOrder order = tiers[t];
            if (order != null && order.size() > 0) {
                return false;
            }
        }
        return true;
    }

    private int sampled(Bitfield has) {
        int best = NONE;
        for (int i = 0; i < SAMPLE; i++) {
            int piece = next(has, random.nextInt(has.pieceCount()));
            if (piece < 0) {
                piece = next(has, 0);
            }
            if (best < 0 || tierOf(piece) < tierOf(best) || rarer(piece, best)) {
                best = piece;
            }
        }
        return best;
    }

    private boolean rarer(int piece, int than) {
        return tierOf(piece) == tierOf(than)
                && availability.withoutSeeds(piece) < availability.withoutSeeds(than);
    }

    private int next(Bitfield has, int from) {
        return has.nextSetNotIn(closed, from);
    }

    private RarityOrder tier(int tier) {
        RarityOrder order = tiers[tier];
        if (order == null) {
            order = new RarityOrder(closed.pieceCount(), random);
            tiers[tier] = order;
        }
        return order;
    }

    private void refresh() {
        if (!stale) {
            return;
        }
        stale = false;
        closed.clearAll();
        closed.or(wants.settled());
        partials.forEach(partial -> closed.set(partial.piece()));
        int[] open = new int[closed.pieceCount() - closed.cardinality()];
        for (int t = 0; t < tiers.length; t++) {
            int count = 0;
            for (int piece = closed.nextClear(0); piece >= 0; piece = closed.nextClear(piece + 1)) {
                if (tierOf(piece) == t) {
                    open[count++] = piece;
                }
            }
            if (count > 0 || tiers[t] != null) {
                tier(t).rebuild(open, count, availability::withoutSeeds);
            }
        }
    }
}
