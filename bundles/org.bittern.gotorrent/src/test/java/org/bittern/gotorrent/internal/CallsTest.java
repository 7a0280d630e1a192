package org.bittern.gotorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TorrentView;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls without a server. */
@Timeout(30)
class CallsTest {
    private static final int PIECE = 65_536;
    private static final String LINK =
            "{\"url\":\"magnet:?xt=urn:btih:%s\",\"targetdir\":\"/x\"".formatted("1".repeat(40));

    private static final InfoHash SECOND_VERSION =
            InfoHash.ofV2(HexFormat.of().parseHex("ab".repeat(20) + "cd".repeat(12)));

    private boolean running = true;
    private Settings applied = Settings.EMPTY; // to the engine, last
    private int rechecks;
    private TorrentState state = TorrentState.ERROR;
    private final List<AddTorrent> added = new ArrayList<>();
    private final EngineHost host = fake(EngineHost.class, this::host);
    private final Calls calls = new Calls(host, InstantSource.system());
    private final Routes routes = new Routes(calls);

    @Test
    void withoutAnEngineEveryCallSaysSo() {
        running = false;
        for (String path : routes.paths()) {
            byte[] body = path.endsWith("agnet") ? bytes(LINK + "}") : torrent();
            assertThat(run(path, body))
                    .as(path)
                    .isInstanceOfSatisfying(
                            Answer.Failure.class, no -> assertThat(no.status()).isEqualTo(503));
        }
        assertThat(new Feeds(host, calls).obstacle().orElseThrow().status()).isEqualTo(503);
    }

    @Test
    void aMagnetLinkIsLoadedInOrderOnRequest() {
        for (String wish : List.of("", ",\"sequential\":null", ",\"sequential\":false")) {
            assertThat(run("/addmagnet", bytes(LINK + wish + "}"))).isEqualTo(new Answer.Done());
            assertThat(added.removeFirst().options().get(TorrentOptions.SEQUENTIAL)).isFalse();
        }
        assertThat(run("/addmagnet", bytes(LINK + ",\"sequential\":true}")))
                .isEqualTo(new Answer.Done());
        assertThat(added.removeFirst().options().get(TorrentOptions.SEQUENTIAL)).isTrue();
        assertThat(run("/addmagnet", bytes(LINK + ",\"sequential\":\"yes\"}")))
                .isEqualTo(new Answer.Failure(422, "sequential is neither true nor false"));
        assertThat(added).isEmpty();
    }

    @Test
    void whatIsNoTextIsNoJson() {
        for (String body :
                List.of(
                        "\0\0\u00ff\u00fe", // texts of an order of bytes that nobody writes
                        "\u00fe\u00ff\0\0",
                        "\0\0\0{\0", // the second letter is cut
                        "\u00ff",
                        "{")) {
            assertThat(run("/addmagnet", bytes(body)))
                    .as(body)
                    .isEqualTo(new Answer.Failure(400, "the body is not JSON"));
        }
        assertThat(added).isEmpty();
    }

    @Test
    void theOtherSpellingAddsAMagnetLinkToo() {
        assertThat(run("/AddMagnet", bytes(LINK + "}"))).isEqualTo(new Answer.Done());
        assertThat(added).hasSize(1);
    }

    @Test
    void limitsOfTheWholeEngineAreKibAndNoneForNone() {
        assertThat(run("/setglobaldownrate", "rate=1.5")).isEqualTo(new Answer.Done());
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_DOWN)).isEqualTo(1536);
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_DOWN_ENABLED)).isTrue();
        assertThat(applied.keys()).hasSize(2);
        assertThat(run("/setglobaldownrate", "rate=0")).isEqualTo(new Answer.Done());
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_DOWN_ENABLED)).isFalse();
        assertThat(run("/setglobaluprate", "rate=2")).isEqualTo(new Answer.Done());
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_UP)).isEqualTo(2048);
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_UP_ENABLED)).isTrue();
        assertThat(applied.keys()).hasSize(2);
        assertThat(run("/setglobaluprate", "rate=0")).isEqualTo(new Answer.Done());
        assertThat(applied.get(EngineSettings.SPEED_LIMIT_UP_ENABLED)).isFalse();
        applied = Settings.EMPTY;
        for (String path : List.of("/setglobaldownrate", "/setglobaluprate")) {
            for (String wrong : List.of("", "rate=", "rate=-1", "rate=NaN", "rate=x")) {
                assertThat(run(path, wrong))
                        .as(wrong)
                        .isInstanceOfSatisfying(
                                Answer.Failure.class, no -> assertThat(no.status()).isEqualTo(422));
            }
        }
        assertThat(applied).isEqualTo(Settings.EMPTY);
    }

    @Test
    void aTorrentOfTheSecondVersionAloneGoesByTheBeginOfItsHash() {
        String begin = "ab".repeat(20);
        Answer data = run("/torrentdata", "infohash=" + begin.toUpperCase(Locale.ROOT));
        assertThat(field(data, "infohash")).isEqualTo(begin);
        assertThat(field(data, "infohash_base64")).isEqualTo("q6urq6urq6urq6urq6urq6urq6s=");
        assertThat(field(data, "infohash_v2")).isEqualTo(begin + "cd".repeat(12));
        assertThat(run("/recheck", "infohash=" + begin)).isEqualTo(new Answer.Done());
        assertThat(rechecks).isEqualTo(1);
        for (String path : List.of("/torrentdata", "/recheck")) {
            assertThat(run(path, "infohash=" + begin + "cd".repeat(12)))
                    .isEqualTo(new Answer.Failure(422, "infohash is not 40 hex digits"));
            assertThat(run(path, "infohash=" + "cd".repeat(20)))
                    .isEqualTo(new Answer.Failure(404, "no torrent " + "cd".repeat(20)));
        }
        assertThat(rechecks).isEqualTo(1);
    }

    @Test
    void whatWasWastedIsOfThisRunAsTheOtherAmountsAre() {
        assertThat(wasted(7L * PIECE, 2)).isEqualTo(2 * 64 + 1.0); // five were bad in earlier runs
        assertThat(wasted(1024, 1)).isEqualTo(1 + 1.0); // the last piece is short
        assertThat(wasted(7L * PIECE, 0)).isEqualTo(1.0);
    }

    private static Object wasted(long corruptEver, int failures) {
        TorrentSnapshot torrent =
                new SnapshotBuilder(TorrentState.DOWNLOADING)
                        .progress(
                                new TorrentSnapshot.Progress(
                                        1, 1, 10 * PIECE, 0, 0, 0, 0, 10, 0, PIECE))
                        .transfer(
                                new TorrentSnapshot.Transfer(
                                        0, 0, 0, 0, 0, 0, corruptEver, 1024, failures))
                        .build();
        TorrentView seen = new TorrentView(torrent, new Bitfield(10), List.of(), List.of());
        SessionView view = new SessionView(seen, false);
        return Objects.requireNonNull(view.fields().get("wasted"));
    }

    @Test
    void aTorrentWithAnErrorIsStartedAgain() {
        String infohash = "infohash=" + "ab".repeat(20);
        assertThat(run("/starttorrent", infohash)).isEqualTo(new Answer.Done());
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
        assertThat(field(run("/torrentdata", infohash), "state")).isEqualTo("downloading");
    }

    private Answer run(String path, byte[] body) {
        String query = "infohash=" + "1".repeat(40) + "&rate=1&path=/x";
        return Routes.run(Objects.requireNonNull(routes.find(path)), query, body);
    }

    private static Object field(Answer answer, String name) {
        return Objects.requireNonNull(((Answer.Json) answer).fields().get(name));
    }

    private Answer run(String path, String query) {
        return Routes.run(Objects.requireNonNull(routes.find(path)), query, new byte[0]);
    }

    private static byte[] torrent() {
        return bytes(
                "d4:infod6:lengthi1e4:name1:x12:piece lengthi65536e6:pieces20:%see"
                        .formatted("x".repeat(20)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Object host(String method) {
        if (method.equals("engine")) {
            return running ? Optional.of(engine()) : Optional.empty();
        }
        if (!running) {
            throw new EngineException(
                    EngineException.Code.ENGINE_NOT_RUNNING, "no engine is running");
        }
        return engine();
    }

    private Engine engine() {
        return fake(Engine.class, this::answer);
    }

    private Object answer(String method, Object[] arguments) {
        return switch (method) {
            case "settings" -> Settings.EMPTY;
            case "torrent" -> Optional.empty();
            case "torrents" -> List.of(fake(Torrent.class, this::ofSecondVersion));
            case "apply" -> {
                applied = (Settings) arguments[0];
                yield CompletableFuture.completedStage(null);
            }
            case "add" -> {
                added.add((AddTorrent) arguments[0]);
                Torrent torrent = fake(Torrent.class, name -> name);
                yield CompletableFuture.completedStage(new Engine.Added(torrent, false));
            }
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private Object ofSecondVersion(String method) {
        return switch (method) {
            case "infoHash" -> SECOND_VERSION;
            case "snapshot" -> shown();
            case "view" ->
                    CompletableFuture.completedStage(
                            new TorrentView(shown(), new Bitfield(0), List.of(), List.of()));
            case "start" -> {
                state = TorrentState.DOWNLOADING;
                yield CompletableFuture.completedStage(null);
            }
            case "recheck" -> {
                rechecks++;
                yield CompletableFuture.completedStage(null);
            }
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private TorrentSnapshot shown() {
        return new SnapshotBuilder(state).infoHash(SECOND_VERSION).build();
    }
}
