package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides whom a torrent uploads to. Owned by the torrent loop; not thread-safe.
 *
 * <p>While we download, most slots go to the peers that send us most: they have reason to go on
 * (Cohen, "Incentives build robustness in BitTorrent", 2003). A peer that snubs us gets none of
 * these. One slot in five is optimistic: it goes round among the others, newcomers three times as
 * likely, so that better partners are found and newcomers get their first piece (BEP 3). When we
 * only seed, nobody can pay us back: peers take turns, each for {@link #QUOTA_BYTES} or {@link
 * #QUOTA_NANOS} whatever is longer, the fastest among those whose turn is not over first, so that a
 * piece spreads well and nobody gets everything.
 */
public final class Choker {
    /** How often the slots are given out anew. */
    public static final long ROUND_NANOS = 10_000_000_000L;

    /** How long an optimistic slot lasts. */
    static final long OPTIMISTIC_NANOS = 30_000_000_000L;

    /** Younger peers are newcomers. */
    static final long NEWCOMER_NANOS = 60_000_000_000L;

    /** How much likelier newcomers are chosen (BEP 3). */
    static final int NEWCOMER_WEIGHT = 3;

    /** One slot in so many is optimistic, at least one. */
    static final int SLOTS_PER_OPTIMISTIC = 5;

    /** A turn while seeding is at least so many bytes: 20 pieces of 256 KiB. */
    static final long QUOTA_BYTES = 20L * 256 * 1024;

    /** A turn while seeding is at least so long. */
    static final long QUOTA_NANOS = 60_000_000_000L;

    /** A turn while seeding ends even though the peer took little: others may take more. */
    static final long MAX_TURN_NANOS = 180_000_000_000L;

    private final RandomGenerator random;
    private final Set<ChokeView> optimistic = new HashSet<>(4);
    private long optimisticSinceNanos;

    public Choker(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Gives out the slots; to be called each {@link #ROUND_NANOS}, and sooner when a peer with a
     * slot leaves or loses interest, or a peer becomes interested while slots are free.
     *
     * @param peers all connected peers
     * @param seeding whether we want nothing any more
     * @param slots how many peers may be unchoked, 1 or more
     * @return who is to be unchoked, at most {@code slots}; all others are to be choked
     */
    public <P extends ChokeView> Set<P> choose(
            List<P> peers, boolean seeding, int slots, long nowNanos) {
        List<P> interested = new ArrayList<>(peers.size());
        for (P peer : peers) {
            if (peer.interested()) {
                interested.add(peer);
            }
        }
        optimistic.retainAll(interested);
        if (seeding) {
            optimistic.clear();
            return seeds(interested, slots, nowNanos);
        }
        int optimisticSlots = Math.min(slots, Math.max(1, slots / SLOTS_PER_OPTIMISTIC));
        Set<P> chosen = partners(interested, slots - optimisticSlots);
        optimistic.removeAll(chosen); // they have earned a slot of their own
        chooseOptimistic(interested, chosen, slots, nowNanos);
        return chosen;
    }

    /** Whether the peer has its slot without having earned it. */
    public boolean isOptimistic(ChokeView peer) {
        return optimistic.contains(peer);
    }

    /** Those who send us most. */
    private static <P extends ChokeView> Set<P> partners(List<P> interested, int slots) {
        List<P> ranked = new ArrayList<>(interested);
        ranked.removeIf(peer -> peer.snubbed() || peer.downloadRate() <= 0);
        ranked.sort(
                Comparator.comparingLong((P peer) -> -peer.downloadRate())
                        .thenComparing(peer -> !peer.unchoked()));
        return new LinkedHashSet<>(ranked.subList(0, Math.min(slots, ranked.size())));
    }

    /** Fills the slots that are left: with those who have one already until their time is over. */
    private <P extends ChokeView> void chooseOptimistic(
            List<P> interested, Set<P> chosen, int slots, long nowNanos) {
        List<P> rest = new ArrayList<>(interested);
        rest.removeAll(chosen);
        boolean renew = optimistic.isEmpty() || nowNanos - optimisticSinceNanos >= OPTIMISTIC_NANOS;
        Set<ChokeView> before = new HashSet<>(optimistic);
        if (renew) {
            optimistic.clear();
            optimisticSinceNanos = nowNanos;
        }
        for (P peer : rest) {
            if (optimistic.contains(peer) && chosen.size() < slots) {
                chosen.add(peer);
            }
        }
        rest.removeAll(chosen);
        optimistic.retainAll(chosen);
        for (P peer : shuffled(rest, before, nowNanos)) {
            if (chosen.size() >= slots) {
                return;
            }
            chosen.add(peer);
            optimistic.add(peer);
        }
    }

    /** Random order, newcomers early, those who just had their turn last. */
    private <P extends ChokeView> List<P> shuffled(
            List<P> peers, Set<ChokeView> before, long nowNanos) {
        List<P> tickets = new ArrayList<>(peers.size());
        for (P peer : peers) {
            if (!before.contains(peer)) {
                boolean newcomer = nowNanos - peer.connectedNanos() < NEWCOMER_NANOS;
                for (int i = newcomer ? NEWCOMER_WEIGHT : 1; i > 0; i--) {
                    tickets.add(peer);
                }
            }
        }
        Collections.shuffle(tickets, Random.from(random));
        Set<P> order = new LinkedHashSet<>(tickets);
        order.addAll(peers);
        return new ArrayList<>(order);
    }

    /** Turns while nobody can pay us back. */
    private static <P extends ChokeView> Set<P> seeds(
            List<P> interested, int slots, long nowNanos) {
        List<P> ranked = new ArrayList<>(interested);
        ranked.sort(
                Comparator.<P>comparingInt(peer -> turn(peer, nowNanos))
                        .thenComparing((a, b) ->
                                turn(a, nowNanos) == 0
                                        ? Long.compare(b.uploadRate(), a.uploadRate())
                                        : Long.signum(a.unchokedNanos() - b.unchokedNanos())));
        return new LinkedHashSet<>(ranked.subList(0, Math.min(slots, ranked.size())));
    }

    /** 0 in its turn, 1 waiting for it, 2 its turn is over. */
    private static int turn(ChokeView peer, long nowNanos) {
        if (!peer.unchoked()) {
            return 1;
        }
        long turnNanos = nowNanos - peer.unchokedNanos();
        boolean sated = peer.uploadedSinceUnchoke() >= QUOTA_BYTES;
        return turnNanos < (sated ? QUOTA_NANOS : MAX_TURN_NANOS) ? 0 : 2;
    }
}
