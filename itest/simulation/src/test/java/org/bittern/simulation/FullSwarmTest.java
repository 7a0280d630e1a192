package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Those who are of no use have all the places. */
@Timeout(60)
class FullSwarmTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x510e_0021;
    private static final int PLACES = 2;
    private static final int MANY_PLACES = 8;
    private static final int NEWCOMERS = 8;
    private static final Duration TWO_LOOKS = Duration.ofMinutes(12);

    @TempDir Path directory;

    @Test
    void theIdleMakeRoomForASeedThatComesLate() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(256 * KIB, 32 * KIB, SEED);
        Settings few = Settings.EMPTY.with(EngineSettings.PEER_LIMIT_PER_TORRENT, PLACES);
        Machine leecher = world.machine(0, 0).with(few).start().add(payload);
        for (int i = 0; i < PLACES; i++) {
            Machine idle = world.machine(0, 0).start().add(payload);
            world.await(idle.torrent(payload).pause()); // keeps its links and asks for nothing
        }
        world.poll(
                "full",
                () -> leecher.snapshot(payload).swarm().connected() == PLACES,
                Duration.ofMinutes(2));
        world.machine(0, 0).holding(payload).start().add(payload);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofHours(2));
        System.out.printf("seed %#x: complete after %.0f s%n", SEED, world.time().seconds());
        world.close();
    }

    @Test
    void oneOfHigherPriorityTakesThePlaceOfOneThatIsSilent() {
        World world = new World(SEED, directory);
        world.tracker().tells(InetAddress.ofLiteral("203.0.113.1"));
        Payload payload = Payload.of(256 * KIB, 32 * KIB, SEED);
        Settings few = Settings.EMPTY.with(EngineSettings.PEER_LIMIT_PER_TORRENT, MANY_PLACES);
        Machine crowded = world.machine(0, 0).with(few).start().add(payload);
        for (int i = 0; i < MANY_PLACES; i++) {
            world.machine(0, 0).start().add(payload);
        }
        world.run(TWO_LOOKS);
        Set<InetAddress> before = hosts(crowded, payload);
        assertThat(before).as("full, and nobody has anything").hasSize(MANY_PLACES);
        List<InetAddress> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            newcomers.add(world.machine(0, 0).start().add(payload).host().address());
        }
        world.run(Duration.ofMinutes(1)); // and the next look is later
        Set<InetAddress> after = hosts(crowded, payload);
        assertThat(after).hasSize(MANY_PLACES).containsAnyElementsOf(newcomers);
        System.out.printf("seed %#x: %d of %d stay%n", SEED, kept(before, after), MANY_PLACES);
        world.close();
    }

    private static Set<InetAddress> hosts(Machine machine, Payload payload) {
        return machine.peers(payload).stream()
                .map(peer -> peer.address().getAddress())
                .collect(Collectors.toSet());
    }

    private static long kept(Set<InetAddress> before, Set<InetAddress> after) {
        return before.stream().filter(after::contains).count();
    }
}
