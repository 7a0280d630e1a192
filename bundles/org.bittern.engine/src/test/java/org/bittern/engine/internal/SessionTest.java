package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.Metainfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine as its callers see it. */
@Timeout(60)
class SessionTest {
    @TempDir Path directory;
    private final Payload payload = Payload.single("one.bin", 300_000, 16_384, 41);
    private Machine machine;

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine();
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings =
                    Machine.settings(directory)
                            .with(NetworkSettings.PEER_PORT, taken.getLocalPort());
            assertThatThrownBy(() -> machine.start(settings))
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("127.0.0.1")
                    .asInstanceOf(type(EngineException.class))
                    .extracting(EngineException::code)
                    .isEqualTo(Code.PORT_IN_USE);
        }
    }

    /** Files made for browsers name trackers that are reached by WebSocket. */
    @Test
    void trackersThatATorrentCameWithAreNoReasonToRefuseOthers() throws Exception {
        machine.start(Machine.settings(directory));
        String strange = "wss://tracker.example";
        String added = "http://127.0.0.1:1/announce";
        Metainfo metainfo = payload.metainfo().withTrackers(List.of(List.of(strange)));
        Torrent torrent =
                machine.add(
                        AddTorrent.file(metainfo, metainfo.toTorrent())
                                .starting(AddTorrent.Start.STOPPED));
        done(torrent.editTrackers(List.of(added), Set.of(), Map.of()));
        assertThat(done(torrent.trackers()))
                .extracting(TrackerSnapshot::url)
                .containsExactly(strange, added);
        assertThatThrownBy(() ->
                        done(torrent.editTrackers(List.of("wss://other"), Set.of(), Map.of())))
                .hasMessageContaining("http");
    }

    @Test
    void closesAlsoAfterItsLoopsHaveStopped() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        machine.add(payload.request());
        assertThat(engine.torrents()).hasSize(1);
        Machine.deactivate(machine.loops);
        machine.stop();
    }

    @Test
    void doesNotStartOnLoopsThatHaveStopped() {
        Machine.deactivate(machine.loops);
        assertCode(Code.ENGINE_NOT_RUNNING, () -> machine.start(Machine.settings(directory)));
    }

    @Test
    void listensElsewhereWhenThePortIsChangedAndStaysWhenItCannot() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        int first = engine.status().listenPort();
        assertThat(first).isPositive();
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            Settings there = Settings.EMPTY.with(NetworkSettings.PEER_PORT, port);
            assertCode(Code.PORT_IN_USE, () -> done(engine.apply(there)));
            assertThat(engine.status().listenPort()).isEqualTo(first);
        }
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PEER_PORT, port)));
        assertThat(engine.status().listenPort()).isEqualTo(port);
        assertThat(engine.settings().get(NetworkSettings.PEER_PORT)).isEqualTo(port);
        try (ServerSocket again = new ServerSocket(first, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    @Test
    void findsATorrentByEachOfItsNames() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        Torrent torrent = machine.add(payload.request());
        String id = torrent.infoHash().hex();
        assertThat(engine.torrent(id)).contains(torrent);
        assertThat(engine.torrent(id.toUpperCase(Locale.ROOT))).contains(torrent);
        assertThat(engine.torrent(torrent.number())).contains(torrent);
        assertThat(engine.torrent(torrent.infoHash())).contains(torrent);
        assertThat(engine.torrent("nonsense")).isEmpty();
        assertThat(engine.torrent(0)).isEmpty();
    }

    @Test
    void addsNothingTwiceAndNeverReusesANumber() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        Torrent first = machine.add(payload.request());
        Engine.Added again = done(engine.add(payload.request()));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.torrent()).isSameAs(first);
        done(engine.remove(first, false));
        Torrent second = machine.add(payload.request());
        assertThat(second.number()).isGreaterThan(first.number());
        assertCode(Code.TORRENT_NOT_FOUND, () -> done(first.start()));
        assertCode(Code.TORRENT_NOT_FOUND, () -> done(engine.remove(first, false)));
    }

    @Test
    void refusesADirectoryThatCannotBeUsedAndAddsNothing() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertCode(Code.INVALID_PATH, () -> done(engine.add(payload.request().into(file))));
        assertCode(
                Code.INVALID_ARGUMENT,
                () ->
                        done(
                                engine.add(
                                        payload.request()
                                                .into(directory.resolve("new"))
                                                .labelled(List.of("a,b")))));
        assertThat(directory.resolve("new")).doesNotExist();
        assertThat(engine.torrents()).isEmpty();
    }

    @Test
    void tellsWhatChangedSinceARevision() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        Torrent first = machine.add(payload.request().starting(AddTorrent.Start.STOPPED));
        Torrent second =
                machine.add(
                        Payload.single("two.bin", 10, 16_384, 42)
                                .request()
                                .starting(AddTorrent.Start.STOPPED));
        Changes all = engine.changesSince(0);
        assertThat(all.changed())
                .extracting(TorrentSnapshot::number)
                .containsExactlyInAnyOrder(first.number(), second.number());
        assertThat(engine.changesSince(all.revision()).changed()).isEmpty();
        done(second.setLabels(List.of("new")));
        Changes one = engine.changesSince(all.revision());
        assertThat(one.changed())
                .extracting(TorrentSnapshot::number)
                .containsExactly(second.number());
        done(engine.remove(first, false));
        Changes gone = engine.changesSince(one.revision());
        assertThat(gone.complete()).isTrue();
        assertThat(gone.removed()).containsExactly(first.number());
    }

    @Test
    void tellsSubscribersTheStoryOfATorrent() throws Exception {
        Engine engine = machine.start(Machine.settings(directory.resolve("here")));
        Queue<EngineEvent> events = new ConcurrentLinkedQueue<>();
        var subscription = engine.subscribe(events::add);
        try (Machine seeder = new Machine()) {
            Path there = directory.resolve("there");
            payload.write(there);
            seeder.start(Machine.settings(there));
            Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
            Torrent torrent = machine.add(payload.request());
            done(torrent.addPeer(address(seeder)));
            Waiting.state(torrent, TorrentState.SEEDING);
            done(engine.remove(torrent, false));
        }
        Waiting.until(() -> events.stream().anyMatch(EngineEvent.Removed.class::isInstance));
        subscription.close();
        assertThat(events)
                .filteredOn(event -> !(event instanceof EngineEvent.StateChanged))
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Added", "Finished", "Removed");
        assertThat(events)
                .filteredOn(EngineEvent.StateChanged.class::isInstance)
                .extracting(event -> ((EngineEvent.StateChanged) event).now())
                .containsSubsequence(TorrentState.DOWNLOADING, TorrentState.SEEDING);
    }

    @Test
    void closesEverythingAndAnswersNoMore() throws Exception {
        Engine engine = machine.start(Machine.settings(directory));
        int port = engine.status().listenPort();
        machine.add(payload.request());
        long begin = System.nanoTime();
        machine.stop();
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(20);
        assertCode(Code.ENGINE_NOT_RUNNING, () -> done(engine.add(payload.request())));
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        assertThat(machine.loops.loops().getFirst().buffers().usedBytes()).isZero();
    }

    private static void assertCode(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(failure ->
                        assertThat(
                                        failure instanceof CompletionException
                                                ? failure.getCause()
                                                : failure)
                                .asInstanceOf(type(EngineException.class))
                                .extracting(EngineException::code)
                                .isEqualTo(code));
    }
}
