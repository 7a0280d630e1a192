package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChokerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = 11;

    private final Choker choker = new Choker(new Random(SEED));
    private final List<Peer> peers = new ArrayList<>();
    private long now = Long.MAX_VALUE - 100 * SECOND; // wraps around

    private static final class Peer implements ChokeView {
        boolean interested = true;
        boolean unchoked;
        boolean snubbed;
        long down;
        long up;
        long sent;
        long unchokedNanos;
        long connectedNanos;

        @Override
        public boolean interested() {
            return interested;
        }

        @Override
        public boolean unchoked() {
            return unchoked;
        }

        @Override
        public boolean snubbed() {
            return snubbed;
        }

        @Override
        public long downloadRate() {
            return down;
        }

        @Override
        public long uploadRate() {
            return up;
        }

        @Override
        public long uploadedSinceUnchoke() {
            return sent;
        }

        @Override
        public long unchokedNanos() {
            return unchokedNanos;
        }

        @Override
        public long connectedNanos() {
            return connectedNanos;
        }
    }

    private Peer peer(long down) {
        Peer peer = new Peer();
        peer.down = down;
        peer.connectedNanos = now - 3600 * SECOND;
        peer.unchokedNanos = peer.connectedNanos;
        peers.add(peer);
        return peer;
    }

    private Set<Peer> round(boolean seeding, int slots) {
        Set<Peer> chosen = choker.choose(peers, seeding, slots, now);
        assertThat(chosen).hasSizeLessThanOrEqualTo(slots);
        for (Peer peer : peers) {
            boolean is = chosen.contains(peer);
            if (is && !peer.unchoked) {
                peer.unchokedNanos = now;
                peer.sent = 0;
            }
            peer.unchoked = is;
        }
        now += Choker.ROUND_NANOS;
        return chosen;
    }

    @Test
    void unchokesThoseWhoSendMostAndOneMore() {
        for (int i = 1; i <= 20; i++) {
            peer(i * 1000L);
        }
        Set<Peer> chosen = round(false, 8);
        assertThat(chosen).hasSize(8).containsAll(peers.subList(13, 20));
        assertThat(peers.stream().filter(choker::isOptimistic)).hasSize(1);
    }

    @Test
    void unchokesEverybodyInterestedWhileThereAreSlots() {
        Peer bored = peer(5000);
        bored.interested = false;
        peer(0);
        peer(0).snubbed = true;
        assertThat(round(false, 8)).hasSize(2).doesNotContain(bored);
        assertThat(round(true, 8)).hasSize(2).doesNotContain(bored);
    }

    @Test
    void givesNoEarnedSlotToAPeerThatSnubsUs() {
        Peer snubbed = peer(1_000_000);
        snubbed.snubbed = true;
        for (int i = 0; i < 10; i++) {
            peer(1000);
        }
        int times = 0;
        for (int i = 0; i < 60; i++) {
            times += round(false, 4).contains(snubbed) ? 1 : 0;
        }
        assertThat(times).as("only optimistic turns").isLessThan(30);
    }

    @Test
    void keepsAnOptimisticSlotForHalfAMinuteAndThenTriesAnother() {
        for (int i = 0; i < 30; i++) {
            peer(i < 4 ? 1000 : 0);
        }
        Map<Peer, Integer> turns = new HashMap<>();
        Peer last = null;
        for (int round = 0; round < 90; round++) {
            Set<Peer> chosen = round(false, 5);
            List<Peer> optimistic = chosen.stream().filter(choker::isOptimistic).toList();
            assertThat(optimistic).hasSize(1);
            if (round % 3 == 0) {
                assertThat(optimistic.getFirst()).isNotSameAs(last);
                last = optimistic.getFirst();
                turns.merge(last, 1, Integer::sum);
            } else {
                assertThat(optimistic.getFirst()).isSameAs(last);
            }
        }
        assertThat(turns).as("seed " + SEED).hasSizeGreaterThan(12);
    }

    @Test
    void triesNewcomersThreeTimesAsOften() {
        List<Peer> newcomers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            peer(0);
            newcomers.add(peer(0));
        }
        int newcomerTurns = 0;
        int rounds = 3000;
        for (int i = 0; i < rounds; i++) {
            newcomers.forEach(peer -> peer.connectedNanos = now);
            now += Choker.OPTIMISTIC_NANOS;
            newcomerTurns += round(false, 1).stream().anyMatch(newcomers::contains) ? 1 : 0;
        }
        assertThat(newcomerTurns / (double) rounds).as("seed " + SEED).isBetween(0.68, 0.80);
    }

    @Test
    void letsPeersTakeTurnsWhileSeeding() {
        for (int i = 0; i < 20; i++) {
            peer(0).up = i;
        }
        Map<Peer, Integer> rounds = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            for (Peer peer : round(true, 4)) {
                peer.sent += 2L << 20;
                rounds.merge(peer, 1, Integer::sum);
            }
        }
        assertThat(rounds).hasSize(20);
        assertThat(rounds.values()).allSatisfy(count -> assertThat(count).isBetween(60, 100));
    }

    @Test
    void leavesAPeerInItsTurnWhileSeeding() {
        for (int i = 0; i < 20; i++) {
            peer(0);
        }
        Set<Peer> first = round(true, 4);
        first.forEach(peer -> peer.sent = 1L << 30);
        for (int i = 0; i < 5; i++) {
            assertThat(round(true, 4)).isEqualTo(first);
        }
        assertThat(round(true, 4)).doesNotContainAnyElementsOf(first);
    }

    @Test
    void endsTheTurnOfAPeerThatTakesLittle() {
        Peer slow = peer(0);
        round(true, 1);
        assertThat(slow.unchoked).isTrue();
        peer(0);
        for (int i = 0; i < 17; i++) {
            round(true, 1);
        }
        assertThat(slow.unchoked).isTrue();
        round(true, 1);
        assertThat(slow.unchoked).isFalse();
    }
}
