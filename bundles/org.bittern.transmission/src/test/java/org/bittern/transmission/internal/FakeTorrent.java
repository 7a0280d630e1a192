package org.bittern.transmission.internal;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/** A torrent of three files that keeps what it is told, and notes commands. */
final class FakeTorrent {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final int number;
    final InfoHash hash;
    final Torrent torrent =
            (Torrent)
                    Proxy.newProxyInstance(
                            FakeTorrent.class.getClassLoader(),
                            new Class<?>[] {Torrent.class},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "equals" ->
                                                System.identityHashCode(proxy)
                                                        == System.identityHashCode(arguments[0]);
                                        case "hashCode" -> System.identityHashCode(proxy);
                                        case "toString" -> "fake";
                                        default -> answer(method.getName(), arguments);
                                    });
    volatile TorrentState state = TorrentState.DOWNLOADING;
    volatile Settings options = Settings.EMPTY;
    volatile List<String> labels = List.of();
    volatile @Nullable Instant counting; // null: its seconds stand still
    volatile long revision = 1;
    volatile int position;
    volatile @Nullable IntSupplier moving; // null: it stays at its position
    volatile @Nullable EngineException refusal; // null: questions are answered
    volatile Runnable asked = () -> {};
    private final List<Priority> priorities =
            new ArrayList<>(Collections.nCopies(3, Priority.NORMAL));
    private final List<String> trackers =
            new ArrayList<>(List.of("http://tracker.example:80/announce"));

    FakeTorrent(int number, InfoHash hash) {
        this.number = number;
        this.hash = hash;
        position = number - 1;
    }

    TorrentSnapshot snapshot() {
        return new TorrentSnapshot(
                revision,
                number,
                hash,
                "name " + number,
                state,
                new TorrentSnapshot.Progress(1, 0.5, 300, 200, 150, 100, 7, 20, 10, 16),
                new TorrentSnapshot.Transfer(50, 8, 9, 10, 200, 100, 3, 0, 0),
                new TorrentSnapshot.Swarm(
                        6,
                        1,
                        2,
                        1,
                        9,
                        0,
                        40,
                        new TorrentSnapshot.Origins(1, 2, 1, 1, 1, 0, 0),
                        Optional.empty()),
                new TorrentSnapshot.Times(
                        Instant.ofEpochSecond(1000),
                        Instant.ofEpochSecond(2000),
                        null,
                        null,
                        null,
                        11,
                        12,
                        counting),
                Path.of("/downloads"),
                new TorrentSnapshot.Storage(Path.of("/downloads"), Optional.empty(), 1),
                moving == null ? position : moving.getAsInt(),
                TorrentSnapshot.Turn.ORDINARY,
                Optional.empty(),
                options,
                labels);
    }

    Priority priority(int file) {
        return priorities.get(file);
    }

    List<String> trackers() {
        return List.copyOf(trackers);
    }

    @SuppressWarnings("unchecked") // the types of the interface's own arguments
    private @Nullable Object answer(String method, Object @Nullable [] arguments) {
        return switch (method) {
            case "infoHash" -> hash;
            case "number" -> number;
            case "snapshot" -> snapshot();
            case "metainfo" -> Optional.empty();
            case "peers" -> done(List.of(peer()));
            case "files" -> {
                asked.run();
                EngineException refused = refusal;
                yield refused == null ? done(files()) : CompletableFuture.failedFuture(refused);
            }
            case "trackers" -> done(trackerSnapshots());
            case "webSeeds" -> done(List.of(new WebSeedSnapshot("http://seed/", true, 77)));
            case "webSeedUrls" -> List.of("http://seed/");
            case "pieces" -> done(Bitfield.full(3));
            case "availability" -> done(new int[] {1, 2, 3, 4});
            case "desiredAvailableBytes" -> done(42L);
            case "setOptions" -> {
                options = options.overlaid((Settings) argument(arguments, 0));
                yield noted("setOptions");
            }
            case "setLabels" -> {
                labels = (List<String>) argument(arguments, 0);
                yield noted("setLabels");
            }
            case "setFilePriorities" -> {
                ((Map<Integer, Priority>) argument(arguments, 0)).forEach(priorities::set);
                yield noted("setFilePriorities");
            }
            case "setTrackers" -> {
                trackers.clear();
                ((List<List<String>>) argument(arguments, 0)).forEach(trackers::addAll);
                yield noted("setTrackers");
            }
            case "editTrackers" -> {
                trackers.addAll((List<String>) argument(arguments, 0));
                yield noted("editTrackers " + ((Set<Integer>) argument(arguments, 1)));
            }
            case "move" -> noted("move " + argument(arguments, 0) + " " + argument(arguments, 1));
            case "rename" ->
                    noted("rename " + argument(arguments, 0) + " " + argument(arguments, 1));
            default -> noted(method);
        };
    }

    private static Object argument(Object @Nullable [] arguments, int index) {
        if (arguments == null) {
            throw new AssertionError("no arguments");
        }
        return arguments[index];
    }

    private CompletableFuture<@Nullable Void> noted(String call) {
        calls.add(call);
        return CompletableFuture.completedFuture(null);
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private List<FileSnapshot> files() {
        List<FileSnapshot> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            files.add(
                    new FileSnapshot(
                            i,
                            "top/f" + i,
                            Path.of("/downloads/top/f" + i),
                            100,
                            50,
                            priorities.get(i),
                            6 * i,
                            6 * i + 6,
                            false));
        }
        return files;
    }

    private List<TrackerSnapshot> trackerSnapshots() {
        List<TrackerSnapshot> all = new ArrayList<>();
        for (int i = 0; i < trackers.size(); i++) {
            all.add(
                    new TrackerSnapshot(
                            i,
                            i,
                            trackers.get(i),
                            TrackerSnapshot.Status.WORKING,
                            "",
                            5,
                            6,
                            7,
                            8,
                            Instant.ofEpochSecond(3000),
                            true,
                            Instant.ofEpochSecond(4000),
                            null));
        }
        return all;
    }

    private static PeerSnapshot peer() {
        return new PeerSnapshot(
                new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 6881),
                new byte[20],
                "Other 1.0",
                "utp",
                "dht",
                true,
                true,
                0.25,
                false,
                true,
                false,
                true,
                false,
                true,
                0,
                0,
                10,
                20,
                30,
                40,
                new byte[0]);
    }
}
