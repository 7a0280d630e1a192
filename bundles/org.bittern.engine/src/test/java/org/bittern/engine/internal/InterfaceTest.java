package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interface that the session is bound to goes and comes back. */
@Timeout(120)
class InterfaceTest {
    private static final LocalInterface TUNNEL =
            new LocalInterface("tun0", false, List.of(InetAddress.ofLiteral("127.0.0.9")));
    private static final LocalInterface OTHER =
            new LocalInterface("eth0", false, List.of(InetAddress.ofLiteral("127.0.0.1")));

    @TempDir Path directory;
    private volatile List<LocalInterface> present = List.of(OTHER, TUNNEL);
    private final FakeFinder tracker = new FakeFinder("tracker", List.of());
    private Machine machine;
    private Machine seeder;

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine(new Cables());
        machine.parts.add(tracker);
        seeder = new Machine();
    }

    @AfterEach
    void end() {
        machine.close();
        seeder.close();
    }

    /** The machine, with the interfaces that the test says. */
    private final class Cables implements Surroundings {
        @Override
        public void start(String name, Runnable task) {
            Surroundings.SYSTEM.start(name, task);
        }

        @Override
        public long usableBytes(Path path) throws IOException {
            return Surroundings.SYSTEM.usableBytes(path);
        }

        @Override
        public List<LocalInterface> interfaces() {
            return present;
        }
    }

    private Settings bound() {
        return Machine.settings(directory.resolve("here"))
                .with(NetworkSettings.BIND_ADDRESS_IPV4, "0.0.0.0")
                .with(NetworkSettings.BIND_INTERFACE, "tun0");
    }

    /** Whether a server on this machine can be reached, and from where. */
    private boolean reaches(InetSocketAddress server) {
        try (var socket =
                machine.egress.connect(server, Optional.empty(), Duration.ofSeconds(20))) {
            return socket.getLocalAddress().equals(TUNNEL.addresses().getFirst());
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void nothingLeavesWithoutItAndAllGoesOnWithIt() throws Exception {
        Payload payload = Payload.single("one.bin", 3_000_001, 65_536, 7);
        payload.write(directory.resolve("there"));
        Engine there = seeder.start(Machine.settings(directory.resolve("there")));
        Torrent seed = seeder.add(payload.request());
        Waiting.state(seed, TorrentState.SEEDING);
        done(
                there.apply(
                        Settings.EMPTY
                                .with(EngineSettings.SPEED_LIMIT_UP, 100_000L)
                                .with(EngineSettings.SPEED_LIMIT_UP_ENABLED, true)));
        InetSocketAddress server = Waiting.address(seeder);

        Engine engine = machine.start(bound());
        AddTorrent request = payload.request();
        Torrent torrent = machine.add(request);
        done(torrent.addPeer(server));
        Waiting.until(() -> torrent.snapshot().swarm().connected() > 0);
        assertThat(done(seed.peers()).getFirst().address().getAddress())
                .isEqualTo(TUNNEL.addresses().getFirst());
        assertThat(reaches(server)).isTrue();

        present = List.of(OTHER);
        Waiting.until(() -> !machine.egress.route().open());
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
        assertThat(engine.status().listenPort()).isZero();
        assertThat(reaches(server)).isFalse();
        assertThatThrownBy(() -> machine.egress.datagrams(InetAddress.ofLiteral("127.0.0.1")))
                .isInstanceOf(IOException.class);
        Waiting.until(() -> tracker.told.stream().anyMatch(text -> text.startsWith("stopped")));
        done(torrent.addPeer(server));
        Waiting.quiet(() -> torrent.snapshot().swarm().connected());
        assertThat(torrent.snapshot().swarm().connected()).isZero();

        present = List.of(OTHER, TUNNEL);
        Waiting.until(() -> engine.status().listenPort() > 0);
        Waiting.until(() ->
                tracker.told.stream().filter(text -> text.startsWith("started")).count() == 2);
        done(there.apply(Settings.EMPTY.with(EngineSettings.SPEED_LIMIT_UP_ENABLED, false)));
        done(torrent.addPeer(server));
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void waitsAtTheStartForAnInterfaceThatIsLate() throws Exception {
        present = List.of(OTHER);
        Engine engine = machine.start(bound());
        assertThat(engine.status().listenPort()).isZero();
        assertThat(machine.egress.route().open()).isFalse();
        machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
        assertThat(tracker.told).isEmpty();
        present = List.of(OTHER, TUNNEL);
        Waiting.until(() -> engine.status().listenPort() > 0);
        Waiting.until(() -> tracker.told.contains("started 100000"));
        assertThat(machine.egress.route().bind()).isEqualTo(TUNNEL.addresses());
    }

    @Test
    void lettingGoOfTheInterfaceOpensTheWay() throws Exception {
        present = List.of();
        Engine engine = machine.start(bound());
        assertThat(machine.egress.route().open()).isFalse();
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.BIND_INTERFACE, "")));
        assertThat(machine.egress.route().open()).isTrue();
        assertThat(engine.status().listenPort()).isPositive();
    }
}
