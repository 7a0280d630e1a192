package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TorrentActionsTest {
    private static final String MAGNET =
            "magnet:?xt=urn:btih:AB00000000000000000000000000000000000007&dn=x";

    private static final byte[] TORRENT =
            ("d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:"
                            + "aaaaaaaaaaaaaaaaaaaaee")
                    .getBytes(StandardCharsets.ISO_8859_1);

    private final Rig rig = new Rig();

    @Test
    void commandsReachTheChosenTorrentsInTheOrderOfTheQueue() {
        FakeTorrent first = rig.engine.fake(1);
        FakeTorrent second = rig.engine.fake(2);
        for (String method :
                List.of(
                        "torrent-start",
                        "torrent-start-now",
                        "torrent-stop",
                        "torrent-verify",
                        "torrent-reannounce")) {
            rig.legacy(method, "{'ids':[2]}");
        }
        assertThat(first.calls).isEmpty();
        assertThat(second.calls)
                .containsExactly("start", "startNow", "stop", "recheck", "reannounce");
        rig.legacy("torrent-stop", "{'ids':[]}");
        rig.legacy("torrent-stop", "{'ids':[7,'x']}");
        assertThat(first.calls).isEmpty();
        rig.legacy("torrent-stop", "{}");
        assertThat(first.calls).containsExactly("stop");
    }

    /** A sort whose keys change under it ends with an exception, if it is unlucky. */
    @Test
    void theQueueIsReadOnceAsOthersMoveTorrentsMeanwhile() {
        AtomicInteger reads = new AtomicInteger();
        for (int number = 1; number <= 100; number++) {
            rig.engine.fake(number).moving = () -> reads.incrementAndGet() * 7919 % 100;
        }
        rig.legacy("torrent-stop", "{}");
        assertThat(reads).hasValue(100);
        assertThat(rig.engine.fakes.values())
                .allSatisfy(torrent -> assertThat(torrent.calls).containsExactly("stop"));
    }

    @Test
    void removingTakesDataOnlyWhenAsked() {
        rig.engine.fake(1);
        rig.engine.fake(2);
        rig.legacy("torrent-remove", "{'ids':1,'delete-local-data':true}");
        rig.legacy("torrent-remove", "{'ids':2,'delete-local-data':'perhaps'}");
        assertThat(rig.engine.moves).containsExactly("remove true", "remove false");
        rig.engine.fake(3);
        rig.legacy("torrent-remove", "{'ids':{}}");
        assertThat(rig.refused("torrent-remove", "{'ids':null}")).isEqualTo("ids is null");
        assertThat(rig.refused("torrent-remove", "{'id':null}")).isEqualTo("id is null");
        assertThat(rig.engine.fakes).containsKey(3);
    }

    @Test
    void queueMovesKeepTheOrder() {
        rig.engine.fake(1);
        rig.engine.fake(2);
        rig.legacy("queue-move-top", "{'ids':[2,1]}");
        rig.legacy("queue-move-down", "{'ids':1}");
        assertThat(rig.engine.moves).containsExactly("TOP [1, 2]", "DOWN [1]");
    }

    @Test
    void locationsAreAbsolute() {
        FakeTorrent torrent = rig.engine.fake(1);
        rig.legacy("torrent-set-location", "{'ids':1,'location':'/a/b/../c','move':true}");
        assertThat(torrent.calls).containsExactly("move /a/c true");
        assertThat(rig.refused("torrent-set-location", "{'ids':1}")).isEqualTo("no location");
        assertThat(rig.refused("torrent-set-location", "{'location':'x'}"))
                .isEqualTo("new location path is not absolute");
        assertThat(rig.refused("torrent-set-location", "{'location':7}")).isEqualTo("no location");
        assertThat(torrent.calls).hasSize(1);
    }

    @Test
    void renamingTakesOneTorrentAndAPlainName() {
        FakeTorrent torrent = rig.engine.fake(1);
        JsonNode told = rig.legacy("torrent-rename-path", "{'ids':[1],'path':'top/f1','name':'g'}");
        assertThat(told.toString()).isEqualTo("{\"path\":\"top/f1\",\"name\":\"g\",\"id\":1}");
        assertThat(torrent.calls).containsExactly("rename top/f1 g");
        for (String name : List.of("a/b", ".", "..", "", " ", "a\\u0000")) {
            assertThat(
                            rig.refused(
                                    "torrent-rename-path",
                                    "{'ids':[1],'path':'top','name':'" + name + "'}"))
                    .isEqualTo("Invalid argument");
        }
        rig.engine.fake(2);
        assertThat(rig.refused("torrent-rename-path", "{'path':'a','name':'b'}"))
                .isEqualTo("torrent-rename-path requires 1 torrent");
        assertThat(rig.refused("torrent-rename-path", "{'ids':[9],'path':'a','name':'b'}"))
                .isEqualTo("torrent-rename-path requires 1 torrent");
        assertThat(torrent.calls).hasSize(1);
    }

    @Test
    void magnetsAndHashesAreAdded() {
        JsonNode told =
                rig.legacy(
                        "torrent-add",
                        "{'filename':'"
                                + MAGNET
                                + "','paused':true,'labels':['l'],'bandwidthPriority':-1,"
                                + "'peer-limit':9,'download-dir':'/d'}");
        assertThat(told.at("/torrent-added/id").asInt()).isEqualTo(1);
        AddTorrent request = rig.engine.requests.getFirst();
        assertThat(request.starting(AddTorrent.Start.STOPPED)).isEqualTo(request);
        assertThat(request.labels()).containsExactly("l");
        assertThat(request.saveDirectory()).contains(Path.of("/d"));
        assertThat(request.options().get(TorrentOptions.MAX_CONNECTIONS)).isEqualTo(9);
        rig.legacy("torrent-add", "{'filename':'ab00000000000000000000000000000000000008'}");
        assertThat(rig.engine.requests.get(1).start()).isEqualTo(AddTorrent.Start.SETTING);
    }

    @Test
    void aTorrentFileIsTrashedWhenThatIsWishedAndItWasAdded(@TempDir Path directory)
            throws Exception {
        Path file = Files.write(directory.resolve("a.torrent"), TORRENT);
        Path broken = Files.writeString(directory.resolve("b.torrent"), "broken");
        rig.legacy("torrent-add", "{'filename':'" + file + "'}");
        assertThat(file).exists();
        rig.engine.settings =
                Settings.EMPTY.with(EngineSettings.TRASH_ORIGINAL_TORRENT_FILES, true);
        rig.refused("torrent-add", "{'filename':'" + broken + "'}");
        assertThat(broken).exists();
        rig.legacy("torrent-add", "{'filename':'" + file + "'}");
        assertThat(file).doesNotExist();
    }

    @Test
    void torrentFilesAreAddedByPathAndInBase64(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("a.torrent"), TORRENT);
        rig.legacy("torrent-add", "{'filename':'" + file + "','files-unwanted':[0,7,-1]}");
        assertThat(rig.engine.requests.getFirst().filePriorities())
                .containsExactly(Map.entry(0, Priority.SKIP));
        byte[] lineFeed = {'\n'};
        String base64 =
                Base64.getMimeEncoder(20, lineFeed).encodeToString(TORRENT).replace("\n", "\\n");
        rig.legacy("torrent-add", "{'metainfo':'" + base64 + "','files-unwanted':[7]}");
        assertThat(rig.engine.requests.get(1).filePriorities()).isEmpty();
    }

    @Test
    void whatIsNoTorrentIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("x"), "nonsense");
        assertThat(rig.refused("torrent-add", "{}")).isEqualTo("no filename or metainfo specified");
        assertThat(rig.refused("torrent-add", "{'filename':7,'metainfo':[]}"))
                .isEqualTo("no filename or metainfo specified");
        assertThat(rig.refused("torrent-add", "{'filename':'/no/such/file'}"))
                .isEqualTo("unrecognized info");
        assertThat(rig.refused("torrent-add", "{'filename':'magnet:?xt=nonsense'}"))
                .isEqualTo("unrecognized info");
        assertThat(rig.refused("torrent-add", "{'metainfo':'!!!'}")).isEqualTo("unrecognized info");
        assertThat(rig.refused("torrent-add", "{'filename':'" + file + "'}"))
                .isEqualTo("invalid or corrupt torrent file");
        assertThat(
                        rig.refused(
                                "torrent-add",
                                "{'filename':'http://127.0.0.1:1/x','cookies':'a=b'}"))
                .isEqualTo("Couldn't fetch torrent: Not Found (404)");
        assertThat(rig.fetched).containsExactly("http://127.0.0.1:1/x a=b");
        assertThat(rig.refused("torrent-add", "{'filename':'" + MAGNET + "','download-dir':'d'}"))
                .isEqualTo("download directory path is not absolute");
        assertThat(rig.refused("torrent-add", "{'filename':'" + MAGNET + "','labels':['a,b']}"))
                .contains("comma");
        assertThat(rig.refused("torrent-add", "{'filename':'" + MAGNET + "','peer-limit':-2}"))
                .contains("peer-limit");
        assertThat(rig.engine.requests).isEmpty();
    }
}
