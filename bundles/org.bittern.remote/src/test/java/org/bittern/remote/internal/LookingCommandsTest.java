package org.bittern.remote.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.remote.internal.FakeDaemon.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LookingCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeDaemon daemon;

    LookingCommandsTest() throws Exception {
        daemon = new FakeDaemon();
    }

    @AfterEach
    void end() {
        daemon.close();
    }

    @Test
    void filesAreShownWithTheirChoice() {
        daemon.answers("torrent-get", files());
        assertThat(run(false, "files", "1")).isZero();
        assertThat(text(out).lines().toList())
                .containsExactly(
                        "FILE  DONE   SIZE  PRIORITY  PATH",
                        "   0   50%  100 B            t/a",
                        "   1  100%    0 B  skip      t/b",
                        "   2    0%    1 B  high      t/c");
    }

    @Test
    void onlyChoosesAndUnchooses() {
        daemon.answers("torrent-get", files());
        assertThat(run(false, "files", "1", "--only", "0,2", "--low", "all")).isZero();
        assertThat(daemon.call("torrent-set"))
                .isEqualTo(
                        json(
                                "{\"files-wanted\":[0,2],\"files-unwanted\":[1],"
                                        + "\"priority-low\":[0,1,2],\"ids\":[1]}"));
    }

    @Test
    void aFileThatDoesNotExistChangesNothing() {
        daemon.answers("torrent-get", files());
        for (String list : List.of("3", "1-3", "2-1", "x", "1,,2")) {
            assertThat(run(false, "files", "1", "--get", list)).isEqualTo(1);
        }
        assertThat(daemon.calls("torrent-set")).isEmpty();
    }

    @Test
    void trackersAreRemovedByTheirUrl() {
        String stats =
                "{\"torrents\":[{\"trackerStats\":[{\"id\":4,\"announce\":\"http://a/\",\"tier\":0}]}]}";
        daemon.answers("torrent-get", torrents(torrent(1, 4, "0")), stats);
        assertThat(run(false, "trackers", "1", "--add", "http://b/", "--remove", "http://a/"))
                .isZero();
        assertThat(daemon.call("torrent-set"))
                .isEqualTo(
                        json("{\"ids\":[1],\"trackerAdd\":[\"http://b/\"],\"trackerRemove\":[4]}"));
    }

    @Test
    void labelsAreAddedToThoseThatAreThere() {
        daemon.answers(
                "torrent-get",
                "{\"torrents\":[{\"id\":1,\"hashString\":\"0\",\"labels\":[\"old\",\"x\"]}]}");
        assertThat(run(false, "label", "1", "--add", "a,b", "--remove", "x")).isZero();
        assertThat(run(false, "label", "1", "--clear")).isZero();
        assertThat(daemon.calls("torrent-set"))
                .containsExactly(
                        json("{\"ids\":[1],\"labels\":[\"old\",\"a\",\"b\"]}"),
                        json("{\"ids\":[1],\"labels\":[]}"));
    }

    @Test
    void settingsKeepTheirType() {
        daemon.answers("session-get", "{\"a\":1,\"b\":\"x\",\"c\":true,\"e\":null}");
        assertThat(run(false, "settings", "a=2", "b=3", "c=false", "e=4")).isZero();
        assertThat(daemon.call("session-set"))
                .isEqualTo(json("{\"a\":2,\"b\":\"3\",\"c\":false,\"e\":\"4\"}"));
        assertThat(run(false, "settings", "d=1")).isEqualTo(1);
        assertThat(text(err)).contains("no setting 'd'");
        assertThat(run(false, "settings", "b", "--json")).isZero();
        assertThat(json(text(out))).isEqualTo(json("{\"b\":\"x\"}"));
    }

    @Test
    void watchSaysEveryChangeOnce() {
        daemon.answers(
                "torrent-get",
                torrents(torrent(1, 4, "0.25"), torrent(2, 6, "1")),
                torrents(torrent(1, 4, "0.257")),
                torrents(torrent(1, 4, "0.5")),
                torrents(torrent(1, 6, "1")));
        assertThat(run(false, "watch", "--interval", "0.1", "--until-done")).isZero();
        assertThat(text(out).lines().toList())
                .containsExactly(
                        "1    25%  downloading  t1",
                        "2   100%  seeding  t2",
                        "1    50%  downloading  t1",
                        "1   100%  seeding  t1");
        assertThat(daemon.calls("torrent-get").get(1).path("ids").asText())
                .isEqualTo("recently-active");
    }

    @Test
    void watchForProgramsTellsWhatChanged() {
        daemon.answers(
                "torrent-get",
                torrents(torrent(1, 4, "0.25")),
                torrents(torrent(1, 4, "0.25")),
                torrents(torrent(1, 6, "1")));
        assertThat(run(false, "watch", "--interval", "0.1", "--until-done", "--json")).isZero();
        assertThat(text(out).lines().map(FakeDaemon::json).toList())
                .containsExactly(
                        json("{\"torrents\":[" + torrent(1, 4, "0.25") + "],\"removed\":[]}"),
                        json("{\"torrents\":[" + torrent(1, 6, "1") + "],\"removed\":[]}"));
    }

    @Test
    void watchFailsWithATorrentThatFailsOrGoes() {
        String failed = torrent(1, 0, "0.5").replace("}", ",\"error\":3,\"errorString\":\"disk\"}");
        daemon.answers("torrent-get", torrents(torrent(1, 4, "0")), torrents(failed));
        assertThat(run(false, "watch", "--interval", "0.1", "--until-done")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("bittern: t1: disk\n");
        daemon.answers(
                "torrent-get", torrents(torrent(1, 4, "0")), "{\"torrents\":[],\"removed\":[1]}");
        assertThat(run(false, "watch", "--interval", "0.1", "--until-done")).isEqualTo(1);
        assertThat(text(err)).endsWith("bittern: torrent 1 was removed\n");
    }

    @Test
    void watchDrawsOverItselfAndLeavesTheTerminalAsItWas() {
        daemon.answers("torrent-get", torrents(torrent(1, 4, "0.5")), torrents(torrent(1, 6, "1")));
        assertThat(run(true, "watch", "--interval", "0.1", "--until-done")).isZero();
        assertThat(text(out))
                .startsWith("\u001b[?25l\u001b[?7l")
                .contains("[##########..........]", "\u001b[3A", "[####################]")
                .endsWith("\u001b[?7h\u001b[?25h");
    }

    @Test
    void thePictureFitsTheScreen() {
        List<TorrentText> many =
                IntStream.rangeClosed(1, 9)
                        .mapToObj(i -> new TorrentText(json(torrent(i, i == 9 ? 2 : 0, "0"))))
                        .toList();
        List<String> picture = WatchView.Screen.picture(many, 2);
        assertThat(picture).hasSize(5);
        assertThat(picture.get(2)).contains("t9", "checking 0%");
        assertThat(picture.getLast()).isEqualTo("and 7 more");
    }

    private static String torrent(int id, int status, String done) {
        return ("{\"id\":%d,\"hashString\":\"%040d\",\"name\":\"t%1$d\","
                        + "\"status\":%d,\"percentDone\":%s}")
                .formatted(id, id, status, done);
    }

    private static String torrents(String... torrents) {
        return "{\"torrents\":[" + String.join(",", torrents) + "]}";
    }

    private static String files() {
        return """
        {"torrents":[{"id":1,"hashString":"0","name":"t","files":[{"name":"t/a","length":100},{"name":"t/b","length":0},
          {"name":"t/c","length":1}],
         "fileStats":[{"bytesCompleted":50,"wanted":true,"priority":0},
          {"bytesCompleted":0,"wanted":false,"priority":0},
          {"bytesCompleted":0,"wanted":true,"priority":1}]}]}
        """;
    }

    private int run(boolean interactive, String... arguments) {
        Terminal terminal = new Terminal(out, err, interactive);
        Remote remote =
                new Remote(
                        terminal,
                        Path.of("/nowhere"),
                        Map.of("BITTERN_URL", daemon.url(), "LINES", "10"),
                        new Stop());
        return RemoteRun.run(remote, "9.9.9", List.of(arguments));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
