package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.port.PortMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When ports are mapped, and what is announced then. */
@Timeout(60)
class MappingTest {
    private static final int OUTSIDE = 40_000;
    private static final InetSocketAddress REACHABLE_AT =
            new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), OUTSIDE);

    @TempDir Path directory;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Router router = new Router();
    private volatile @Nullable Consumer<InetSocketAddress> told; // of the last mapping
    private volatile boolean slow; // the router does not answer by itself
    private Machine machine;

    /** Maps every port to the same one. */
    private final class Router implements PortMapper {
        @Override
        public Subscription map(int port, Consumer<InetSocketAddress> mapped) {
            log.add("map " + port);
            told = mapped;
            if (!slow) {
                mapped.accept(REACHABLE_AT);
            }
            return () -> log.add("unmap " + port);
        }

        @Override
        public Subscription map(
                int port, List<InetAddress> bound, Consumer<InetSocketAddress> mapped) {
            assertThat(bound).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
            return map(port, mapped);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine();
        machine.parts.use(router);
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void mapsWhileItIsSwitchedOnAndGivesBack() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        int port = engine.status().listenPort();
        assertThat(log).isEmpty();
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, true)));
        assertThat(log).containsExactly("map " + port);
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, false)));
        assertThat(log).containsExactly("map " + port, "unmap " + port);
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, true)));
        machine.stop();
        assertThat(log).endsWith("unmap " + port);
    }

    @Test
    void announcesThePortThatOthersDial() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        machine.parts.add(tracker);
        Engine engine = machine.start(Machine.settings(directory));
        machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
        Waiting.until(() -> tracker.told.contains("started 100000"));
        assertThat(tracker.port()).isZero();
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, true)));
        Waiting.until(() -> tracker.told.contains("now"));
        assertThat(tracker.port()).isEqualTo(OUTSIDE);
        assertThat(engine.status().listenPort()).isNotEqualTo(OUTSIDE);
    }

    @Test
    void otherSettingsLeaveTheMappingAlone() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        machine.parts.add(tracker);
        Engine engine = machine.start(Machine.settings(directory));
        machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
        Waiting.until(() -> tracker.told.contains("started 100000"));
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, true)));
        Waiting.until(() -> tracker.told.contains("now"));
        tracker.told.clear();
        done(engine.apply(Settings.EMPTY.with(EngineSettings.SPEED_LIMIT_DOWN, 100L)));
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.UTP_ENABLED, false)));
        assertThat(log).containsExactly("map " + engine.status().listenPort());
        assertThat(tracker.port()).isEqualTo(OUTSIDE);
        assertThat(tracker.told).doesNotContain("now");
    }

    @Test
    void whatARouterSaysTooLateIsNotBelieved() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        machine.parts.add(tracker);
        slow = true;
        Engine engine =
                machine.start(
                        Machine.settings(directory)
                                .with(NetworkSettings.PORT_FORWARDING_ENABLED, true));
        machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
        Waiting.until(() -> tracker.told.contains("started 100000"));
        Consumer<InetSocketAddress> first = Objects.requireNonNull(told);
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, false)));
        first.accept(REACHABLE_AT);
        machine.add(Payload.single("two.bin", 100_000, 16_384, 6).request()); // done afterwards
        assertThat(tracker.port()).isZero();
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PORT_FORWARDING_ENABLED, true)));
        first.accept(REACHABLE_AT);
        machine.add(Payload.single("three.bin", 100_000, 16_384, 7).request());
        assertThat(tracker.port()).isZero();
        Objects.requireNonNull(told).accept(REACHABLE_AT);
        Waiting.until(() -> tracker.port() == OUTSIDE);
    }

    @Test
    void nothingIsMappedWhilePeersGoThroughAProxy() throws Exception {
        Engine engine =
                machine.start(
                        Machine.settings(directory)
                                .with(NetworkSettings.PORT_FORWARDING_ENABLED, true)
                                .with(NetworkSettings.PROXY_TYPE, NetworkSettings.ProxyType.SOCKS5)
                                .with(NetworkSettings.PROXY_URL, "127.0.0.1:1"));
        assertThat(engine.status().listenPort()).isZero();
        assertThat(log).isEmpty();
    }
}
