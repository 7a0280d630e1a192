package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Queue.Move;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;

/**
 * Any sequence of commands leaves a session in the state that a simple model of it predicts, a
 * restart changes nothing of that, and the same sequence leads to the same state again.
 */
class SessionPropertiesTest {
    private static final int TORRENTS = 6;

    /** One command; which torrent and with which value. */
    record Step(int kind, int torrent, int value) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 13),
                        Arbitraries.integers().between(0, TORRENTS - 1),
                        Arbitraries.integers().between(0, 7))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(30);
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void commandsLeadWhereTheModelSaysAlsoAfterARestartAndAgain(@ForAll("steps") List<Step> steps)
            throws Exception {
        Path directory = Files.createTempDirectory("bittern-session");
        try {
            List<String> first = run(steps, directory.resolve("one"));
            assertThat(run(steps, directory.resolve("two"))).isEqualTo(first);
        } finally {
            delete(directory);
        }
    }

    /** What the model knows of a torrent. */
    private static final class Model {
        final int number;
        Start intent = Start.STARTED;
        boolean forced;
        String label = "";
        long limit;

        Model(int number) {
            this.number = number;
        }

        boolean isSeed() {
            return number % 2 == 0;
        }
    }

    private static Payload payload(int number) {
        return Payload.single("file" + number, 20_000, 16_384, number);
    }

    /** Performs the steps and restarts; what is to be seen afterwards. */
    private static List<String> run(List<Step> steps, Path directory) throws Exception {
        Path data = directory.resolve("data");
        for (int number = 0; number < TORRENTS; number += 2) {
            payload(number).write(data);
        }
        List<Model> order = new ArrayList<>();
        Map<String, Long> groups = new TreeMap<>();
        int[] sizes = {2, 1};
        try (Machine machine = new Machine()) {
            machine.start(settings(data, sizes), directory.resolve("state"));
            for (Step step : steps) {
                perform(step, machine, order, groups, sizes);
            }
            agree(machine.engine(), order, groups, sizes);
            List<String> seen = seen(machine.engine());
            machine.stop();
            machine.start(settings(data, sizes), directory.resolve("state"));
            agree(machine.engine(), order, groups, sizes);
            assertThat(seen(machine.engine())).isEqualTo(seen);
            return seen;
        }
    }

    private static Settings settings(Path data, int[] sizes) {
        return Machine.settings(data)
                .with(EngineSettings.DOWNLOAD_QUEUE_SIZE, sizes[0])
                .with(EngineSettings.SEED_QUEUE_ENABLED, true)
                .with(EngineSettings.SEED_QUEUE_SIZE, sizes[1]);
    }

    private static void perform(
            Step step, Machine machine, List<Model> order, Map<String, Long> groups, int[] sizes)
            throws Exception {
        Engine engine = machine.engine();
        Model model =
                order.stream().filter(each -> each.number == step.torrent).findAny().orElse(null);
        if (step.kind == 0) {
            sizes[0] = step.torrent;
            sizes[1] = step.value % 4;
            done(
                    engine.apply(
                            Settings.EMPTY
                                    .with(EngineSettings.DOWNLOAD_QUEUE_SIZE, sizes[0])
                                    .with(EngineSettings.SEED_QUEUE_SIZE, sizes[1])));
        } else if (step.kind == 1) {
            String name = "group" + step.torrent;
            groups.put(name, (long) step.value);
            SpeedLimits limits = new SpeedLimits(step.value, true, 0, false, true);
            done(engine.policies().setGroup(new BandwidthGroup(name, limits)));
        } else if (model == null) {
            machine.add(payload(step.torrent).request());
            order.add(new Model(step.torrent));
        } else {
            Torrent torrent =
                    engine.torrent(payload(step.torrent).metainfo().infoHash()).orElseThrow();
            command(step, engine, torrent, model, order);
        }
    }

    private static void command(
            Step step, Engine engine, Torrent torrent, Model model, List<Model> order)
            throws Exception {
        switch (step.kind) {
            case 2 -> {
                done(engine.remove(torrent, false));
                order.remove(model);
            }
            case 3, 4 -> {
                done(torrent.start());
                model.intent = Start.STARTED;
                model.forced = false;
            }
            case 5 -> {
                done(torrent.startNow());
                model.intent = Start.STARTED;
                model.forced = true;
            }
            case 6 -> {
                done(torrent.stop());
                model.intent = Start.STOPPED;
                model.forced = false;
            }
            case 7 -> {
                done(torrent.pause());
                model.intent = Start.PAUSED;
            }
            case 8 -> {
                model.label = "label" + step.value;
                done(torrent.setLabels(List.of(model.label)));
            }
            case 9 -> {
                model.limit = step.value * 1000L;
                done(
                        torrent.setOptions(
                                Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, model.limit)));
            }
            case 10 -> {
                done(engine.queue().place(torrent, step.value));
                order.remove(model);
                order.add(Math.min(step.value, order.size()), model);
            }
            case 11, 12 -> {
                boolean top = step.kind == 11;
                done(engine.queue().move(List.of(torrent), top ? Move.TOP : Move.BOTTOM));
                order.remove(model);
                order.add(top ? 0 : order.size(), model);
            }
            default -> done(torrent.reannounce());
        }
    }

    // ---- what must be

    private static void agree(
            Engine engine, List<Model> order, Map<String, Long> groups, int[] sizes) {
        Map<Integer, TorrentState> expected = new TreeMap<>();
        for (boolean seeds : new boolean[] {false, true}) {
            List<Model> wishing =
                    order.stream()
                            .filter(model ->
                                    model.intent == Start.STARTED && model.isSeed() == seeds)
                            .toList();
            long free =
                    Math.max(
                            0,
                            sizes[seeds ? 1 : 0]
                                    - wishing.stream().filter(model -> model.forced).count());
            for (Model model : wishing) {
                boolean runs = model.forced || free > 0;
                free -= !model.forced && free > 0 ? 1 : 0;
                TorrentState running = seeds ? TorrentState.SEEDING : TorrentState.DOWNLOADING;
                TorrentState waiting =
                        seeds ? TorrentState.SEED_QUEUED : TorrentState.DOWNLOAD_QUEUED;
                expected.put(model.number, runs ? running : waiting);
            }
        }
        List<String> all = new ArrayList<>();
        for (int position = 0; position < order.size(); position++) {
            Model model = order.get(position);
            TorrentState otherwise =
                    model.intent == Start.PAUSED ? TorrentState.PAUSED : TorrentState.STOPPED;
            TorrentState state = expected.getOrDefault(model.number, otherwise);
            List<String> labels = model.label.isEmpty() ? List.of() : List.of(model.label);
            all.add(
                    "file%d %s %s %d %s"
                            .formatted(model.number, state, labels, model.limit, model.forced));
        }
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(seen(engine)).isEqualTo(all));
        Map<String, Long> limits = new TreeMap<>();
        engine.policies().groups().forEach(g -> limits.put(g.name(), g.limits().down()));
        assertThat(limits).isEqualTo(groups);
        assertThat(engine.changesSince(0).changed()).hasSize(order.size());
    }

    /** All torrents in the order of their positions, which must be 0 to n-1. */
    private static List<String> seen(Engine engine) {
        List<TorrentSnapshot> snapshots = new ArrayList<>(engine.snapshots());
        snapshots.sort(Comparator.comparingInt(TorrentSnapshot::queuePosition));
        List<String> all = new ArrayList<>();
        for (int position = 0; position < snapshots.size(); position++) {
            TorrentSnapshot snapshot = snapshots.get(position);
            assertThat(snapshot.queuePosition()).isEqualTo(position);
            all.add(
                    "%s %s %s %d %s"
                            .formatted(
                                    snapshot.name(),
                                    snapshot.state(),
                                    snapshot.labels(),
                                    snapshot.options().get(TorrentOptions.UPLOAD_LIMIT),
                                    snapshot.turn().forced()));
        }
        return all;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
