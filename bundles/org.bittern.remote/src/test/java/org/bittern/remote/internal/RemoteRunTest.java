package org.bittern.remote.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.remote.internal.FakeDaemon.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RemoteRunTest {
    private static final String A = "a".repeat(40);
    private static final String B = "aaaaaab" + "0".repeat(33);
    private static final String TWO =
            """
            {"torrents":[
             {"id":3,"hashString":"%s","name":"three","status":4,"percentDone":0.999,"eta":61,
              "rateDownload":2048,"sizeWhenDone":2048,"uploadRatio":-1},
             {"id":7,"hashString":"%s","name":"se\\u001bven","status":6,"percentDone":1,
              "rateUpload":1024,"uploadRatio":1.5,"error":2,"errorString":"tracker: gone"}]}
            """
                    .formatted(A, B);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir private Path data = Path.of("");

    private final FakeDaemon daemon;

    RemoteRunTest() throws Exception {
        daemon = new FakeDaemon();
    }

    @BeforeEach
    void leaveConnectionFile() throws Exception {
        Files.writeString(
                data.resolve("connection.json"),
                "{\"port\":%d,\"token\":\"secret\",\"pid\":%d}"
                        .formatted(daemon.port(), ProcessHandle.current().pid()));
        daemon.answers("torrent-get", TWO);
    }

    @AfterEach
    void end() {
        daemon.close();
    }

    @Test
    void theDaemonOfTheDirectoryIsFoundAndItsTokenShown() {
        assertThat(run("ls")).isZero();
        assertThat(daemon.authorizations()).isNotEmpty().allMatch("Bearer secret"::equals);
        assertThat(text(out).lines().toList())
                .satisfiesExactly(
                        head -> assertThat(head).endsWith("STATE        NAME"),
                        three -> assertThat(three).contains("99%", "1m01s", "downloading", "three"),
                        seven -> assertThat(seven).contains("1.50", "se?ven", "tracker: gone"));
        assertThat(text(err)).isEqualTo("2 torrents, down 2.0 KiB/s, up 1.0 KiB/s\n");
    }

    @Test
    void anUrlCountsMoreThanTheDirectoryAndGetsNoTokenOfIt() {
        environment.put("BITTERN_AUTH", "me:a:b");
        assertThat(run("ls", "--url", daemon.url() + "/transmission/rpc")).isZero();
        assertThat(run("ls", "--url", "u%3Ax:p+w@127.0.0.1:" + daemon.port())).isZero();
        environment.put("BITTERN_URL", daemon.url() + "/");
        environment.put("BITTERN_TOKEN", "other");
        assertThat(run("ls")).isZero();
        assertThat(daemon.authorizations())
                .containsExactly(
                        basic("me:a:b"),
                        basic("me:a:b"),
                        basic("u:x:p+w"),
                        basic("u:x:p+w"),
                        "Bearer other",
                        "Bearer other");
    }

    @Test
    void withoutADaemonTheExitCodeIsThree() throws Exception {
        Path file = data.resolve("connection.json");
        Files.writeString(file, "{\"port\":1,\"pid\":999999999}");
        assertThat(run("ls")).isEqualTo(3);
        Files.writeString(file, "nonsense");
        assertThat(run("ls")).isEqualTo(3);
        Files.delete(file);
        assertThat(run("ls")).isEqualTo(3);
        daemon.close();
        assertThat(run("ls", "--url", daemon.url())).isEqualTo(3);
        assertThat(text(err).lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).contains("has ended without saying so"),
                        line -> assertThat(line).contains("is not JSON"),
                        line -> assertThat(line).contains("no daemon runs on", "--data", "--url"),
                        line -> assertThat(line).contains("no daemon answers at http://127"));
    }

    @ParameterizedTest
    @CsvSource({
        "401, password",
        "403, this address",
        "404, no RPC",
        "421, the name",
        "429, try again",
        "500, status 500"
    })
    void aClosedDoorIsOneLine(int status, String reason) {
        daemon.refuses(status);
        assertThat(run("ls", "--url", daemon.url())).isEqualTo(1);
        assertThat(text(err)).startsWith("bittern: ").contains(reason).hasLineCount(1);
    }

    @Test
    void aRefusalIsTheLineOfTheDaemon() {
        daemon.answers("torrent-start", "!it\\u001b will not");
        assertThat(run("start", "3")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("bittern: it? will not\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3|[3]",
                "7 3|[7,3]",
                "3,7|[3,7]",
                "1-5|[3]",
                "all|[3,7]",
                "three|[3]",
                "aaaaaaa|[3]",
                "AAAAAAB|[7]"
            })
    void torrentsAreNamedInManyWays(String words, String ids) {
        assertThat(run(("stop " + words).split(" "))).isZero();
        assertThat(daemon.call("torrent-stop").path("ids")).isEqualTo(json(ids));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "aaaaaa", "thre", "8-9", "", "3,x", "bbbbbb"})
    void aWordThatNamesNoTorrentChangesNothing(String word) {
        assertThat(run("rm", word)).isEqualTo(1);
        assertThat(daemon.calls("torrent-remove")).isEmpty();
        assertThat(text(err)).startsWith("bittern: ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "7-8", "3,7", "aaaaaab"})
    void aNameThatMeansAnotherTorrentTooIsNobodys(String name) {
        daemon.answers("torrent-get", TWO.replace("\"three\"", "\"" + name + "\""));
        assertThat(run("rm", "--files", name)).isEqualTo(1);
        assertThat(daemon.calls("torrent-remove")).isEmpty();
        assertThat(text(err))
                .isEqualTo(
                        "bittern: '%s' is the name of torrent 3, and means torrent 7: use a hash\n"
                                .formatted(name));
    }

    @Test
    void aNameMayBeTheNumberOfItsOwnTorrent() {
        daemon.answers("torrent-get", TWO.replace("\"three\"", "\"3\""));
        assertThat(run("stop", "3")).isZero();
        assertThat(daemon.call("torrent-stop").path("ids")).isEqualTo(json("[3]"));
    }

    @Test
    void allOfNothingIsNobody() {
        daemon.answers("torrent-get", "{\"torrents\":[]}");
        assertThat(run("rm", "--files", "all")).isZero();
        assertThat(daemon.call("torrent-remove"))
                .isEqualTo(json("{\"ids\":[],\"delete-local-data\":true}"));
    }

    @Test
    void filesAreSentAndLinksPassedOn() throws Exception {
        Path file = Files.write(data.resolve("a.torrent"), new byte[] {1, 2, 3});
        daemon.answers(
                "torrent-add",
                "{\"torrent-added\":{\"id\":9,\"name\":\"n\",\"hashString\":\"h\"}}",
                "!invalid or corrupt torrent file",
                "{\"torrent-duplicate\":{\"id\":3,\"name\":\"m\",\"hashString\":\"i\"}}");
        assertThat(
                        run(
                                "add",
                                file.toString(),
                                "magnet:?xt=x",
                                "http://x/y",
                                "--paused",
                                "--label",
                                "a,b",
                                "--dir",
                                "/d/../e"))
                .isEqualTo(1);
        List<JsonNode> calls = daemon.calls("torrent-add");
        assertThat(calls.get(0))
                .isEqualTo(
                        json(
                                "{\"metainfo\":\"AQID\",\"download-dir\":\"/e\",\"paused\":true,"
                                        + "\"labels\":[\"a\",\"b\"]}"));
        assertThat(calls.get(1).path("filename").asText()).isEqualTo("magnet:?xt=x");
        assertThat(calls.get(2).path("filename").asText()).isEqualTo("http://x/y");
        assertThat(text(out)).isEqualTo("added: 9  n\nthere already: 3  m\n");
        assertThat(text(err)).isEqualTo("bittern: magnet:?xt=x: invalid or corrupt torrent file\n");
    }

    @Test
    void addForProgramsIsJson() {
        daemon.answers(
                "torrent-add",
                "{\"torrent-added\":{\"id\":9,\"name\":\"n\",\"hashString\":\"h\"}}");
        assertThat(run("add", "magnet:?xt=x", "--json")).isZero();
        assertThat(json(text(out)))
                .isEqualTo(
                        json(
                                "[{\"id\":9,\"name\":\"n\",\"hashString\":\"h\",\"duplicate\":false}]"));
    }

    @Test
    void aFileThatIsNotThereIsNotSent() {
        assertThat(run("add", "/no/such.torrent")).isEqualTo(1);
        assertThat(daemon.calls("torrent-add")).isEmpty();
        assertThat(text(err)).isEqualTo("bittern: /no/such.torrent: no such file\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit --down 500|session-set|{'speed-limit-down':500,'speed-limit-down-enabled':true}",
                "limit --up off|session-set|{'speed-limit-up-enabled':false}",
                "limit --alt on --alt-up 1.5M|session-set|{'alt-speed-up':1500,'alt-speed-enabled':true}",
                "limit --ratio off|session-set|{'seedRatioLimited':false}",
                "limit --label a --up 1M --ratio 2|label-set|{'name':'a','speed-limit-up':1000,"
                        + "'speed-limit-up-enabled':true,'ratio-limit-enabled':true,'ratio-limit':2.0}",
                "limit --label a --ratio off --session off|label-set|"
                        + "{'name':'a','ratio-limit-enabled':false,'honorsSessionLimits':false}",
                "limit --label a --forget|label-remove|{'name':'a'}",
                "limit 3 --down 1g --up off|torrent-set|"
                        + "{'downloadLimit':1000000,'downloadLimited':true,'uploadLimited':false,'ids':[3]}",
                "limit 3 --ratio 2.5|torrent-set|{'seedRatioLimit':2.5,'seedRatioMode':1,'ids':[3]}",
                "limit 3 --ratio default --priority high|torrent-set|"
                        + "{'seedRatioMode':0,'bandwidthPriority':1,'ids':[3]}",
                "limit 3 --peers 5 --session off|torrent-set|"
                        + "{'peer-limit':5,'honorsSessionLimits':false,'ids':[3]}",
                "move 3 /e --found|torrent-set-location|{'ids':[3],'location':'/e','move':false}",
                "move 3 7 /e|torrent-set-location|{'ids':[3,7],'location':'/e','move':true}",
                "rename 3 other|torrent-rename-path|{'ids':[3],'path':'three','name':'other'}",
                "rename 3 b --file three/a|torrent-rename-path|{'ids':[3],'path':'three/a','name':'b'}",
                "queue up 7|queue-move-up|{'ids':[7]}",
                "startnow 7|torrent-start-now|{'ids':[7]}",
                "verify 7|torrent-verify|{'ids':[7]}",
                "announce 7|torrent-reannounce|{'ids':[7]}",
                "shutdown|session-close|{}",
            })
    void whatIsTypedIsWhatIsCalled(String words, String method, String arguments) {
        assertThat(run(words.split(" "))).isZero();
        assertThat(daemon.call(method)).isEqualTo(json(arguments.replace('\'', '"')));
        assertThat(text(out) + text(err)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit --down fast",
                "limit --down 1.2345",
                "limit --down 9999999999",
                "limit --down",
                "limit --alt maybe",
                "limit --priority high",
                "limit 3 --alt on",
                "limit 3 --ratio -1",
                "limit 3 --priority urgent",
                "limit --alt-up off",
                "watch --interval 0",
                "watch --interval 31",
                "watch --interval NaN",
                "files",
                "files 3 --only 1 --get 2",
                "add",
                "rm",
                "queue left 3",
                "move 3",
                "settings =5",
                "settings a b=1",
                "ls --frobnicate",
                "frobnicate"
            })
    void whatIsTypedWrongIsExitCodeTwoAndNoCall(String words) {
        assertThat(run(words.split(" "))).isEqualTo(2);
        assertThat(text(err)).startsWith("bittern: ").hasLineCount(1);
        assertThat(daemon.authorizations()).isEmpty();
    }

    private static String basic(String login) {
        return "Basic "
                + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private int run(String... arguments) {
        Terminal terminal = new Terminal(out, err, false);
        Remote remote = new Remote(terminal, data, environment, new Stop());
        return RemoteRun.run(remote, "9.9.9", List.of(arguments));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
