package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.PeerSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are slow, or stop in the middle, and how little that may matter. */
@Timeout(180)
class SlowPeersTest {
    private static final int KIB = 1024;
    private static final int BLOCK = 16 * KIB;
    private static final long SEED = 0x510e_0003;

    @TempDir Path directory;

    @Test
    void endGameDoesNotWaitForTheSlowest() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(4 * KIB * KIB, 64 * KIB, SEED);
        int fast = 256 * KIB;
        world.machine(fast, 0).holding(payload).start().add(payload);
        List<Machine> slow = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            slow.add(world.machine(KIB, 0).holding(payload).start().add(payload));
        }
        world.run(Duration.ofSeconds(2));
        Machine leecher = world.machine(0, 0).start().add(payload);
        double began = world.time().seconds();
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(2));
        double took = world.time().seconds() - began;
        double least = (double) payload.bytes().length / fast;
        long wasted = leecher.snapshot(payload).transfer().wastedBytes();
        System.out.printf(
                "seed %#x: %.2f s, the fast one alone %.2f s, %d KiB twice%n",
                SEED, took, least, wasted / KIB);
        // One slow block takes 16 s: who waits for it is done long after this.
        assertThat(took).isLessThan(1.25 * least);
        assertThat(wasted).isLessThanOrEqualTo(2L * slow.size() * BLOCK);
        assertThat(leecher.holds(payload)).isTrue();
        world.close();
    }

    @Test
    void blocksOfAPeerThatFallsSilentAreAskedOfOthers() {
        World world = new World(SEED, directory);
        int rate = 32 * KIB;
        Payload payload = Payload.of(4 * KIB * KIB, 64 * KIB, SEED);
        Machine steady = world.machine(rate, 0).holding(payload).start().add(payload);
        Machine failing = world.machine(rate, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        world.run(Duration.ofSeconds(15));
        failing.host().silent(true);
        int begun = unfinished(leecher, payload);
        assertThat(begun).as("pieces under way").isPositive();
        // The patience is at least 30 s and at most 60 s; then the steady one needs a moment.
        world.poll(
                "snubbed", () -> peer(leecher, payload, failing).snubbed(), Duration.ofSeconds(65));
        double silentFor = world.time().seconds() - 15;
        world.poll(
                "nothing asked of the silent one",
                () -> peer(leecher, payload, failing).requestsOut() <= 1,
                Duration.ofSeconds(5));
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(2));
        double took = world.time().seconds();
        System.out.printf(
                "seed %#x: snubbed after %.1f s of silence, complete after %.1f s%n",
                SEED, silentFor, took);
        // 15 s with both, then the steady one alone; nothing waits for the silent one.
        double least = 15 + (double) (payload.bytes().length - 2 * 15 * rate) / rate;
        assertThat(took).isLessThan(1.1 * least + 5);
        assertThat(steady.snapshot(payload).transfer().uploadedBytes())
                .isGreaterThan(payload.bytes().length / 2);
        assertThat(leecher.holds(payload)).isTrue();
        failing.host().silent(false);
        world.close();
    }

    private static int unfinished(Machine machine, Payload payload) {
        return (int) (machine.snapshot(payload).progress().unverifiedBytes() / BLOCK);
    }

    private static PeerSnapshot peer(Machine machine, Payload payload, Machine other) {
        return machine.peers(payload).stream()
                .filter(peer -> peer.address().getAddress().equals(other.host().address()))
                .findFirst()
                .orElseThrow();
    }
}
