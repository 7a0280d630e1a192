package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Queue.Move;
import org.bittern.api.engine.SeedAction;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose turn it is, in a whole engine. */
@Timeout(60)
class QueueingTest {
    @TempDir Path directory;
    private Machine machine;

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine();
    }

    @AfterEach
    void end() {
        machine.close();
    }

    private Settings settings(int downloads, int seeds) {
        return Machine.settings(directory.resolve("data"))
                .with(EngineSettings.DOWNLOAD_QUEUE_SIZE, downloads)
                .with(EngineSettings.SEED_QUEUE_ENABLED, true)
                .with(EngineSettings.SEED_QUEUE_SIZE, seeds);
    }

    private static Payload payload(int number) {
        return Payload.single("file" + number + ".bin", 20_000, 16_384, number);
    }

    private List<Torrent> add(int from, int to) throws Exception {
        List<Torrent> added = new ArrayList<>();
        for (int number = from; number < to; number++) {
            added.add(machine.add(payload(number).request()));
        }
        return added;
    }

    private static void shows(List<Torrent> torrents, TorrentState... states) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() ->
                        assertThat(torrents)
                                .extracting(torrent -> torrent.snapshot().state())
                                .containsExactly(states));
    }

    @Test
    void tellsWhenAnIdleSeedWillStop() throws Exception {
        payload(1).write(directory.resolve("data"));
        machine.start(settings(1, 1));
        Torrent seed = machine.add(payload(1).request());
        shows(List.of(seed), TorrentState.SEEDING);
        assertThat(seed.snapshot().turn().idleStop()).isNull();
        idleLimit(true);
        Waiting.until(() -> seed.snapshot().turn().idleStop() != null);
        idleLimit(false);
        Waiting.until(() -> seed.snapshot().turn().idleStop() == null);
        done(seed.stop());
        idleLimit(true);
        done(seed.start());
        Waiting.until(() -> seed.snapshot().turn().idleStop() != null);
        done(seed.stop());
        Waiting.until(() -> seed.snapshot().turn().idleStop() == null);
    }

    private void idleLimit(boolean holds) {
        done(
                machine.engine()
                        .apply(
                                Settings.EMPTY.with(
                                        EngineSettings.IDLE_SEEDING_LIMIT_ENABLED, holds)));
    }

    @Test
    void onlyTheFirstOnesDownloadAndMovesDecideWhoThatIs() throws Exception {
        Engine engine = machine.start(settings(2, 1));
        List<Torrent> torrents = add(0, 4);
        shows(
                torrents,
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOAD_QUEUED);
        done(engine.queue().move(List.of(torrents.get(3)), Move.TOP));
        assertThat(torrents)
                .extracting(torrent -> torrent.snapshot().queuePosition())
                .containsExactly(1, 2, 3, 0);
        shows(
                torrents,
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOADING);
        done(engine.remove(torrents.get(0), false));
        assertThat(torrents.subList(1, 4))
                .extracting(torrent -> torrent.snapshot().queuePosition())
                .containsExactly(1, 2, 0);
        shows(
                torrents.subList(1, 4),
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOADING);
        done(engine.apply(Settings.EMPTY.with(EngineSettings.DOWNLOAD_QUEUE_ENABLED, false)));
        shows(
                torrents.subList(1, 4),
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOADING);
    }

    @Test
    void aForcedOneRunsUntilItIsStartedTheOtherWay() throws Exception {
        machine.start(settings(1, 1));
        List<Torrent> torrents = add(0, 2);
        shows(torrents, TorrentState.DOWNLOADING, TorrentState.DOWNLOAD_QUEUED);
        done(torrents.get(1).startNow());
        assertThat(torrents.get(1).snapshot().state()).isNotEqualTo(TorrentState.DOWNLOAD_QUEUED);
        assertThat(torrents.get(1).snapshot().turn().forced()).isTrue();
        shows(torrents, TorrentState.DOWNLOAD_QUEUED, TorrentState.DOWNLOADING);
        done(torrents.get(1).start());
        shows(torrents, TorrentState.DOWNLOADING, TorrentState.DOWNLOAD_QUEUED);
    }

    @Test
    void dataThatIsThereIsCheckedBeforeItsTurnComes() throws Exception {
        for (int number = 0; number < 3; number++) {
            payload(number).write(directory.resolve("data"));
        }
        machine.start(settings(0, 1));
        List<Torrent> torrents = add(0, 3);
        shows(torrents, TorrentState.SEEDING, TorrentState.SEED_QUEUED, TorrentState.SEED_QUEUED);
        assertThat(torrents)
                .extracting(torrent -> torrent.snapshot().progress().complete())
                .containsOnly(true);
        assertThat(directory.resolve("data").resolve("file9.bin")).doesNotExist();
        Torrent none = machine.add(payload(9).request());
        shows(List.of(none), TorrentState.DOWNLOAD_QUEUED);
        assertThat(Files.exists(directory.resolve("data").resolve("file9.bin"))).isFalse();
    }

    @Test
    void orderTurnsLabelsAndLimitsSurviveARestart() throws Exception {
        Path state = directory.resolve("state");
        Engine engine = machine.start(settings(2, 1), state);
        List<Torrent> torrents = add(0, 4);
        done(torrents.get(2).setLabels(List.of("läbel")));
        done(torrents.get(3).startNow());
        done(engine.queue().move(List.of(torrents.get(2)), Move.TOP));
        List<String> order = order(engine);
        shows(
                torrents,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOAD_QUEUED,
                TorrentState.DOWNLOADING,
                TorrentState.DOWNLOADING);
        machine.stop();
        Engine again = machine.start(settings(2, 1), state);
        assertThat(order(again)).isEqualTo(order);
        await().untilAsserted(() ->
                assertThat(again.snapshots())
                        .extracting(TorrentSnapshot::state)
                        .containsExactly(
                                TorrentState.DOWNLOADING,
                                TorrentState.DOWNLOAD_QUEUED,
                                TorrentState.DOWNLOAD_QUEUED,
                                TorrentState.DOWNLOADING));
        assertThat(again.snapshots().getFirst().labels()).containsExactly("läbel");
        assertThat(again.snapshots().getLast().turn().forced()).isTrue();
        assertThat(again.statistics().total().sessions()).isEqualTo(2);
        assertThat(again.statistics().total().torrentsAdded()).isEqualTo(4);
        assertThat(again.statistics().current().torrentsAdded()).isZero();
    }

    private static List<String> order(Engine engine) {
        return engine.snapshots().stream()
                .sorted((a, b) -> Integer.compare(a.queuePosition(), b.queuePosition()))
                .map(TorrentSnapshot::id)
                .toList();
    }

    @Test
    void stopsWhenItHasSeededEnoughAndGoesOnWhenItIsAskedTo() throws Exception {
        Engine engine = machine.start(settings(5, 5));
        Queue<EngineEvent> events = new ConcurrentLinkedQueue<>();
        engine.subscribe(events::add);
        payload(1).write(directory.resolve("data"));
        Torrent torrent = add(1, 2).getFirst();
        shows(List.of(torrent), TorrentState.SEEDING);
        done(
                engine.apply(
                        Settings.EMPTY
                                .with(EngineSettings.RATIO_LIMIT_ENABLED, true)
                                .with(EngineSettings.RATIO_LIMIT, 0.0)));
        shows(List.of(torrent), TorrentState.STOPPED);
        await().until(() -> torrent.snapshot().turn().limitReached());
        await().until(() ->
                events.stream().anyMatch(EngineEvent.SeedLimitReached.class::isInstance));
        done(torrent.start());
        shows(List.of(torrent), TorrentState.SEEDING);
        assertThat(torrent.snapshot().turn().limitReached()).isFalse();
        assertThat(torrent.snapshot().options().get(TorrentOptions.SEED_RATIO_MODE))
                .isEqualTo(TorrentOptions.LimitMode.UNLIMITED);
    }

    @Test
    void goesWithItsFilesWhenThatIsTheAction() throws Exception {
        Engine engine = machine.start(settings(5, 5));
        payload(1).write(directory.resolve("data"));
        Torrent torrent = add(1, 2).getFirst();
        shows(List.of(torrent), TorrentState.SEEDING);
        done(
                torrent.setOptions(
                        Settings.EMPTY
                                .with(TorrentOptions.SEED_TIME_MODE, TorrentOptions.LimitMode.OWN)
                                .with(TorrentOptions.SEED_TIME_LIMIT, 0)
                                .with(TorrentOptions.SEED_LIMIT_ACTION, SeedAction.REMOVE_DATA)));
        await().until(() -> engine.torrents().isEmpty());
        await().until(() -> Files.notExists(directory.resolve("data").resolve("file1.bin")));
    }

    @Test
    void addsAsTheSettingsSayWhenTheRequestDoesNot() throws Exception {
        Settings settings =
                settings(5, 5)
                        .with(EngineSettings.START_ADDED_TORRENTS, false)
                        .with(EngineSettings.SEQUENTIAL_DOWNLOAD, true);
        machine.start(settings);
        Torrent torrent = machine.add(payload(1).request().starting(AddTorrent.Start.SETTING));
        assertThat(torrent.snapshot().state()).isEqualTo(TorrentState.STOPPED);
        assertThat(torrent.snapshot().options().get(TorrentOptions.SEQUENTIAL)).isTrue();
    }
}
