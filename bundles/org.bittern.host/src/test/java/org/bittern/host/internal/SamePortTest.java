package org.bittern.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.host.EngineHost.EngineStart;
import org.bittern.spi.engine.TorrentNumbers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The port over an exchange of the engine: it stays, and the settings that led to it do, too. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SamePortTest {
    private final EngineKeeper keeper = new EngineKeeper(Duration.ofHours(1), new TorrentNumbers());
    private final FakeStore store = new FakeStore();
    private FakeFactory factory = new FakeFactory();

    @AfterEach
    void close() {
        keeper.close();
    }

    @Test
    void anyPortThatIsStoredStaysAny() throws Exception {
        store.session.saveSettings(Map.of("peer-port", 0));
        start(Settings.EMPTY);
        FakeFactory.FakeRunning next = exchanged();
        assertThat(next.settings.get(NetworkSettings.PEER_PORT)).isEqualTo(FakeFactory.REAL_PORT);
        save(next);
        assertThat(store.session.settings()).isEqualTo(Map.of("peer-port", 0));
    }

    @Test
    void anyPortThatWasAskedForIsNotStored() throws Exception {
        start(Settings.EMPTY.with(NetworkSettings.PEER_PORT, 0));
        factory.made.getFirst().lastWords = () -> saveUnchecked(factory.made.getFirst());
        save(exchanged());
        assertThat(store.session.settings()).isEmpty();
        FakeFactory.FakeRunning third = exchanged();
        third.settings = third.settings.with(NetworkSettings.PEER_PORT, 51_000);
        save(third);
        assertThat(store.session.settings()).isEqualTo(Map.of("peer-port", 51_000));
    }

    @Test
    void aRandomPortIsDrawnOncePerStart() throws Exception {
        Map<String, Object> stored =
                Map.of("peer-port-random-on-start", true, "peer-port-random-low", 50_000);
        store.session.saveSettings(stored);
        start(Settings.EMPTY);
        for (int exchange = 0; exchange < 2; exchange++) {
            Settings settings = exchanged().settings;
            assertThat(settings.get(NetworkSettings.PEER_PORT_RANDOM_ON_START)).isTrue();
            assertThat(settings.get(NetworkSettings.PEER_PORT_RANDOM_LOW))
                    .isEqualTo(settings.get(NetworkSettings.PEER_PORT_RANDOM_HIGH))
                    .isEqualTo(FakeFactory.REAL_PORT);
        }
        save(factory.made.getFirst());
        assertThat(store.session.settings()).isEqualTo(stored);
    }

    @Test
    void aRangeThatIsChangedAfterwardsIsStored() throws Exception {
        store.session.saveSettings(Map.of("peer-port-random-on-start", true));
        start(Settings.EMPTY);
        FakeFactory.FakeRunning next = exchanged();
        next.settings = next.settings.with(NetworkSettings.PEER_PORT_RANDOM_LOW, 60_000);
        save(next);
        assertThat(store.session.settings())
                .isEqualTo(
                        Map.of("peer-port-random-on-start", true, "peer-port-random-low", 60_000));
    }

    private void start(Settings asked) {
        keeper.storeCame(store);
        keeper.factoryCame(factory);
        keeper.start(new EngineStart(asked, Optional.of(Path.of("/state"))))
                .toCompletableFuture()
                .join();
    }

    /** The engine of the next factory. */
    private FakeFactory.FakeRunning exchanged() {
        FakeFactory next = new FakeFactory();
        keeper.factoryLeft(factory);
        keeper.factoryCame(next);
        await().atMost(Duration.ofSeconds(30)).until(() -> keeper.engine().isPresent());
        factory = next;
        return next.made.getFirst();
    }

    /** As an engine does when a setting has changed. */
    private static void save(FakeFactory.FakeRunning running) throws IOException {
        Map<String, Object> inForce = new HashMap<>();
        running.settings.print(inForce::put);
        running.state.saveSettings(inForce);
    }

    private static void saveUnchecked(FakeFactory.FakeRunning running) {
        try {
            save(running);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
