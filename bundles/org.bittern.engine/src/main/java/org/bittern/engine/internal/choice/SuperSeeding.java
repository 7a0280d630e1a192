package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.bittern.metainfo.Bitfield;

/**
 * Initial seeding with the least upload: each piece is shown to one peer, and a peer is shown the
 * next piece only when the one before has turned up at another peer (BEP 16). Owned by the torrent
 * loop; not thread-safe.
 *
 * <p>A peer that is alone, or with others that do not take part, cannot pass anything on; it is
 * shown the next piece when it has the one before.
 *
 * @param <P> a connected peer, told apart by {@code equals}
 */
public final class SuperSeeding<P> {
    private final RandomGenerator random;
    private final Map<P, Guest> guests = new HashMap<>();
    private final int[] copies; // per piece: peers that have it or were shown it
    private final int[] owners; // per piece: peers that have it
    private int ownerless; // pieces that no peer has

    private static final class Guest {
        final Bitfield has;
        final Bitfield shown;
        OptionalInt offer = OptionalInt.empty();

        Guest(Bitfield has) {
            this.has = has;
            shown = new Bitfield(has.pieceCount());
        }
    }

    /**
     * Tell this peer that we have this piece.
     *
     * @param <P> a connected peer
     */
    public record Offer<P>(P peer, int piece) {}

    public SuperSeeding(int pieceCount, RandomGenerator random) {
        this.random = random;
        copies = new int[pieceCount];
        owners = new int[pieceCount];
        ownerless = pieceCount;
    }

    /**
     * A peer came, and what it has is known.
     *
     * @param has copied
     * @return its first piece; empty when it has all
     */
    public Optional<Offer<P>> joined(P peer, Bitfield has) {
        left(peer);
        Guest guest = new Guest(has.copy());
        guests.put(peer, guest);
        for (int piece = has.nextSet(0); piece >= 0; piece = has.nextSet(piece + 1)) {
            copies[piece]++;
            owned(piece);
        }
        return next(peer, guest);
    }

    /** A peer went; what only it was shown is offered again. */
    public void left(P peer) {
        Guest guest = guests.remove(peer);
        if (guest != null) {
            for (int piece = guest.has.nextSet(0);
                    piece >= 0;
                    piece = guest.has.nextSet(piece + 1)) {
                ownerless += --owners[piece] == 0 ? 1 : 0;
            }
            guest.has.or(guest.shown);
            for (int piece = guest.has.nextSet(0);
                    piece >= 0;
                    piece = guest.has.nextSet(piece + 1)) {
                copies[piece]--;
            }
        }
    }

    /**
     * A peer says that it has a piece.
     *
     * @param takesPart whether a peer may pass pieces on at all
     * @return who is to be shown what now
     */
    public List<Offer<P>> has(P peer, int piece, Predicate<P> takesPart) {
        Guest owner = guests.get(peer);
        if (owner == null || !owner.has.set(piece)) {
            return List.of();
        }
        owned(piece);
        if (!owner.shown.get(piece)) {
            copies[piece]++;
        }
        List<Offer<P>> offers = new ArrayList<>(1);
        boolean alone =
                guests.keySet().stream()
                        .noneMatch(other -> !other.equals(peer) && takesPart.test(other));
        guests.forEach((other, guest) -> {
            boolean passedOn = guest != owner || alone;
            if (passedOn && guest.offer.equals(OptionalInt.of(piece))) {
                next(other, guest).ifPresent(offers::add);
            } else if (guest == owner && guest.offer.isEmpty()) {
                next(other, guest).ifPresent(offers::add);
            }
        });
        return offers;
    }

    /** Nothing comes of what a peer was shown last: it is shown another piece. */
    public Optional<Offer<P>> another(P peer) {
        Guest guest = guests.get(peer);
        return guest == null ? Optional.empty() : next(peer, guest);
    }

    /** Whether the peer lacks what it was shown last. */
    public boolean lacksOffer(P peer) {
        Guest guest = guests.get(peer);
        return guest != null && guest.offer.isPresent() && !guest.has.get(guest.offer.getAsInt());
    }

    /** Whether the peer was shown the piece: requests for others are refused. */
    public boolean mayRequest(P peer, int piece) {
        Guest guest = guests.get(peer);
        return guest != null && guest.shown.get(piece);
    }

    /** Whether every piece is at some peer: from now on plain seeding is as good. */
    public boolean isSpread() {
        return ownerless == 0;
    }

    private void owned(int piece) {
        ownerless -= owners[piece]++ == 0 ? 1 : 0;
    }

    /** The piece with the fewest copies that the peer lacks. */
    private Optional<Offer<P>> next(P peer, Guest guest) {
        int best = -1;
        int equals = 0;
        for (int piece = guest.has.nextClear(0);
                piece >= 0;
                piece = guest.has.nextClear(piece + 1)) {
            if (guest.shown.get(piece)) {
                continue;
            }
            if (best < 0 || copies[piece] < copies[best]) {
                best = piece;
                equals = 1;
            } else if (copies[piece] == copies[best] && random.nextInt(++equals) == 0) {
                best = piece;
            }
        }
        if (best < 0) {
            guest.offer = OptionalInt.empty();
            return Optional.empty();
        }
        guest.offer = OptionalInt.of(best);
        guest.shown.set(best);
        copies[best]++;
        return Optional.of(new Offer<>(peer, best));
    }
}
