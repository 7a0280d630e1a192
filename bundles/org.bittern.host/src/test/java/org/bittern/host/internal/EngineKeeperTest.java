package org.bittern.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.host.EngineHost.EngineStart;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.state.SessionState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EngineKeeperTest {
    private static final EngineStart DEFAULTS = new EngineStart(Settings.EMPTY, Optional.empty());

    private static final EngineStart STORED =
            new EngineStart(Settings.EMPTY, Optional.of(Path.of("/state")));

    /** Nobody waits to the end of it. */
    private final EngineKeeper keeper = new EngineKeeper(Duration.ofHours(1), new TorrentNumbers());

    private final FakeFactory factory = new FakeFactory();

    @AfterEach
    void close() {
        keeper.close();
    }

    @Test
    void ofTenParallelStartsExactlyOneSucceeds() {
        keeper.factoryCame(factory);
        List<CompletableFuture<Engine>> starts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            starts.add(keeper.start(DEFAULTS).toCompletableFuture());
        }
        List<Code> refusals = new ArrayList<>();
        for (CompletableFuture<Engine> start : starts) {
            start.handle((engine, failure) -> failure)
                    .thenAccept(failure -> {
                        if (failure != null) {
                            refusals.add(codeOf(failure));
                        }
                    })
                    .join();
        }
        assertThat(refusals).hasSize(9).containsOnly(Code.ENGINE_ALREADY_RUNNING);
        assertThat(factory.made).hasSize(1);
    }

    @Test
    void startWithoutFactoryFailsAndALaterOneWorks() {
        assertThatThrownBy(() -> start(DEFAULTS)).satisfies(is(Code.ENGINE_NOT_RUNNING));
        keeper.factoryCame(factory);
        start(DEFAULTS);
        assertThat(keeper.engine()).isPresent();
    }

    @Test
    void failedStartLeavesNoEngine() {
        keeper.factoryCame(factory);
        factory.refusal = new EngineException(Code.PORT_IN_USE, "port 1 is taken");
        assertThatThrownBy(() -> start(DEFAULTS)).satisfies(is(Code.PORT_IN_USE));
        assertThat(keeper.engine()).isEmpty();
        factory.refusal = null;
        start(DEFAULTS);
        assertThat(keeper.engine()).isPresent();
    }

    @Test
    void stopWithoutEngineIsRefused() {
        assertThatThrownBy(() -> keeper.stop().toCompletableFuture().join())
                .satisfies(is(Code.ENGINE_NOT_RUNNING));
    }

    @Test
    void stopThatDoesNotCloseTheEngineInOrderSaysSoAndLeavesNone() {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        factory.made.getFirst().lastWords =
                () -> {
                    throw new IllegalStateException("as the test wants");
                };
        assertThatThrownBy(() -> keeper.stop().toCompletableFuture().join())
                .satisfies(is(Code.INTERNAL));
        assertThat(keeper.engine()).isEmpty();
        start(DEFAULTS);
        assertThat(keeper.engine()).isPresent();
    }

    @Test
    void newFactoryContinuesTheSessionOnTheSamePort() throws Exception {
        keeper.factoryCame(factory);
        start(
                new EngineStart(
                        Settings.EMPTY
                                .with(NetworkSettings.PEER_PORT, 0)
                                .with(NetworkSettings.DHT_ENABLED, false),
                        Optional.empty()));
        factory.made.getFirst().state.saveBlob("kept", new byte[] {7});
        assertThat(factory.made.getFirst().state.handedOver()).isFalse();
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        keeper.watch(engine -> seen.add(engine.isPresent()));

        keeper.factoryLeft(factory);
        assertThat(factory.made.getFirst().closed).isTrue();
        assertThat(keeper.engine()).isEmpty();
        FakeFactory next = new FakeFactory();
        keeper.factoryCame(next);
        awaitEngine();

        Settings settings = next.made.getFirst().settings;
        assertThat(settings.get(NetworkSettings.PEER_PORT)).isEqualTo(FakeFactory.REAL_PORT);
        assertThat(settings.get(NetworkSettings.DHT_ENABLED)).isFalse();
        assertThat(next.made.getFirst().state.blob("kept")).hasValue(new byte[] {7});
        assertThat(next.made.getFirst().state.handedOver()).isTrue();
        assertThat(next.made.getFirst().numbers).isSameAs(factory.made.getFirst().numbers);
        await().untilAsserted(() -> assertThat(seen).containsExactly(false, true));
    }

    @Test
    void newFactoryBeforeTheOldOneLeavesTakesOverOnce() {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        FakeFactory next = new FakeFactory();
        keeper.factoryCame(next);
        keeper.factoryLeft(factory);
        awaitEngine();
        assertThat(factory.made.getFirst().closed).isTrue();
        assertThat(next.made).hasSize(1);
        assertThat(next.made.getFirst().closed).isFalse();
        assertThat(keeper.engine()).isPresent();
    }

    @Test
    void goesOnAsSoonAsTheNewFactoryCanStart() {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        keeper.factoryLeft(factory);
        assertThat(factory.retired).isTrue();
        FakeFactory next = new FakeFactory();
        next.refusal = new EngineException(Code.UNSUPPORTED, "there is no store");
        keeper.factoryCame(next);
        await().until(() -> next.starts.get() > 1);
        assertThat(keeper.engine()).isEmpty();
        next.refusal = null;
        awaitEngine();
    }

    @Test
    void doesNotHoldUpTheNewFactoryWhileItsEngineStarts() throws Exception {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        FakeFactory next = new FakeFactory();
        CountDownLatch parts = new CountDownLatch(1);
        next.parts = parts;
        keeper.factoryCame(next);
        await().until(() -> next.starts.get() > 0);
        assertThat(keeper.engine()).as("while its parts are missing").isEmpty();
        parts.countDown();
        awaitEngine();
    }

    @Test
    void newFactoryStartsNothingThatNobodyAskedFor() {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        keeper.stop().toCompletableFuture().join();
        keeper.factoryCame(new FakeFactory());
        assertThat(keeper.engine()).isEmpty();
    }

    @Test
    void storedSettingsApplyUnderTheAskedOnes() throws Exception {
        FakeStore store = new FakeStore();
        store.session.saveSettings(
                Map.of("peer-port", 51_000, "dht-enabled", false, "utp-enabled", 17, "x", "kept"));
        keeper.storeCame(store);
        keeper.factoryCame(factory);
        start(
                new EngineStart(
                        Settings.EMPTY.with(NetworkSettings.PEER_PORT, 51_001),
                        Optional.of(Path.of("/state"))));

        FakeFactory.FakeRunning running = factory.made.getFirst();
        assertThat(running.settings.get(NetworkSettings.PEER_PORT)).isEqualTo(51_001);
        assertThat(running.settings.get(NetworkSettings.DHT_ENABLED)).isFalse();
        assertThat(running.settings.get(NetworkSettings.UTP_ENABLED)).isTrue();
    }

    @Test
    void whatAStartAskedForIsStoredOnlyWhereItWasChanged() throws Exception {
        FakeStore store = new FakeStore();
        store.session.saveSettings(Map.of("peer-port", 51_000));
        keeper.storeCame(store);
        keeper.factoryCame(factory);
        start(
                new EngineStart(
                        Settings.EMPTY
                                .with(NetworkSettings.PEER_PORT, 51_001)
                                .with(NetworkSettings.DHT_ENABLED, false),
                        Optional.of(Path.of("/state"))));
        SessionState state = factory.made.getFirst().state;

        state.saveSettings(Map.of("peer-port", 51_001, "dht-enabled", false, "utp-enabled", false));
        assertThat(store.session.settings())
                .isEqualTo(Map.of("peer-port", 51_000, "utp-enabled", false));
        state.saveSettings(Map.of("peer-port", 51_002, "dht-enabled", true));
        assertThat(store.session.settings())
                .isEqualTo(Map.of("peer-port", 51_002, "dht-enabled", true));
    }

    @Test
    void replacedStoreIsOpenedAgainWithoutTheEngineNoticing() throws Exception {
        FakeStore first = new FakeStore();
        FakeFactory.FakeRunning running = runningOn(first);
        FakeStore second = new FakeStore();
        keeper.storeLeft(first);
        assertThat(first.closings).isEqualTo(1);
        keeper.storeCame(second);
        running.state.saveBlob("b", new byte[] {1});
        assertThat(second.session.blob("b")).isPresent();
    }

    @Test
    void whoeverWaitsForAStoreHoldsUpNobody() {
        CompletableFuture<Engine> stored = keeper.start(STORED).toCompletableFuture();
        keeper.factoryCame(factory);
        keeper.factoryLeft(factory);
        FakeFactory next = new FakeFactory();
        keeper.factoryCame(next);
        start(DEFAULTS);
        assertThat(stored).isNotDone();
        keeper.stop().toCompletableFuture().join();
        keeper.storeCame(new FakeStore());
        stored.join();
        assertThat(next.made).hasSize(2);
    }

    @Test
    void anEngineThatClosesAfterItsStoreHasGoneSavesThere() throws Exception {
        FakeStore store = new FakeStore();
        FakeFactory.FakeRunning running = runningOn(store);
        CompletableFuture<Void> saved = new CompletableFuture<>();
        running.lastWords = () -> save(running, saved);
        keeper.storeLeft(store);
        keeper.close();
        saved.join();
        assertThat(running.closed).isTrue();
        assertThat(store.session.blob("b")).hasValue(new byte[] {1});
        assertThat(store.closings).isEqualTo(2);
    }

    @Test
    void whatWaitsForAStoreWhenTheEngineClosesGoesToTheOneThatLeft() throws Exception {
        FakeStore first = new FakeStore();
        FakeFactory.FakeRunning running = runningOn(first);
        keeper.storeLeft(first);
        CompletableFuture<Void> saved = new CompletableFuture<>();
        waitingToSave(running, saved);
        running.lastWords = saved::join;

        keeper.factoryLeft(factory);
        assertThat(running.closed).isTrue();
        assertThat(first.session.blob("b")).hasValue(new byte[] {1});
        assertThat(first.closings).isEqualTo(2);

        FakeStore second = new FakeStore();
        keeper.storeCame(second);
        FakeFactory next = new FakeFactory();
        keeper.factoryCame(next);
        awaitEngine();
        next.made.getFirst().state.saveBlob("c", new byte[] {2});
        assertThat(second.session.blob("c")).isPresent();
        assertThat(first.session.blob("c")).isEmpty();
    }

    @Test
    void anEngineThatRunsDoesNotUseTheStoreThatLeft() {
        FakeStore store = new FakeStore();
        runningOn(store);
        keeper.factoryLeft(factory);
        keeper.storeLeft(store);
        FakeFactory next = new FakeFactory();
        keeper.factoryCame(next);
        awaitEngine();
        FakeFactory.FakeRunning running = next.made.getFirst();
        waitingToSave(running, new CompletableFuture<>());
        assertThat(store.session.blob("b")).isEmpty();
    }

    @Test
    void aSessionCanBeClosedWhileAnOperationWaitsForAStore() throws Exception {
        FakeStore first = new FakeStore();
        FakeFactory.FakeRunning running = runningOn(first);
        keeper.storeLeft(first);
        CompletableFuture<Void> saved = new CompletableFuture<>();
        Thread saving = waitingToSave(running, saved);
        keeper.stop().toCompletableFuture().join();
        keeper.storeCame(new FakeStore());
        // Saved by the store that left, or refused by the closed session: it ends.
        assertThat(saving.join(Duration.ofSeconds(30))).isTrue();
    }

    /** Starts an engine that saves there. */
    private FakeFactory.FakeRunning runningOn(FakeStore store) {
        keeper.storeCame(store);
        keeper.factoryCame(factory);
        start(STORED);
        return factory.made.getLast();
    }

    /** A thread that saves, and has no store to save to. */
    private static Thread waitingToSave(
            FakeFactory.FakeRunning running, CompletableFuture<Void> saved) {
        Thread saving = Thread.ofPlatform().start(() -> save(running, saved));
        await().until(() -> saving.getState() == Thread.State.TIMED_WAITING);
        return saving;
    }

    private static void save(FakeFactory.FakeRunning running, CompletableFuture<Void> saved) {
        try {
            running.state.saveBlob("b", new byte[] {1});
            saved.complete(null);
        } catch (IOException e) {
            saved.completeExceptionally(e);
        }
    }

    @Test
    void anEngineIsClosedWhateverAWatcherThrows() {
        keeper.factoryCame(factory);
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        keeper.watch(engine -> {
            throw new IllegalStateException("a watcher that is broken for the test");
        });
        keeper.watch(engine -> seen.add(engine.isPresent()));
        start(DEFAULTS);
        keeper.factoryLeft(factory);
        assertThat(factory.made.getFirst().closed).isTrue();
        assertThat(seen).containsExactly(true, false);
    }

    @Test
    void goesOnAfterAStartThatFailedInAWayNobodyThoughtOf() {
        keeper.factoryCame(factory);
        start(DEFAULTS);
        FakeFactory next = new FakeFactory();
        next.refusal = new IllegalStateException("a mistake for the test");
        keeper.factoryCame(next);
        await().until(() -> next.starts.get() > 1);
        next.refusal = null;
        awaitEngine();
    }

    private void awaitEngine() {
        await().atMost(Duration.ofSeconds(30)).until(() -> keeper.engine().isPresent());
    }

    private void start(EngineStart start) {
        keeper.start(start).toCompletableFuture().join();
    }

    private static Consumer<Throwable> is(Code code) {
        return failure -> assertThat(codeOf(failure)).isEqualTo(code);
    }

    private static Code codeOf(Throwable failure) {
        if (failure instanceof CompletionException wrapper
                && wrapper.getCause() instanceof EngineException refusal) {
            return refusal.code();
        }
        throw new AssertionError("not an EngineException", failure);
    }
}
