package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.SessionChange;
import org.bittern.rpc.TorrentChange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TorrentGetTest {
    /** Of the protocol's table; those that no client needs and nothing here knows are missing. */
    private static final List<String> DOCUMENTED =
            List.of(
                    "activityDate addedDate availability bandwidthPriority bytesCompleted comment",
                    "corruptEver creator dateCreated desiredAvailable doneDate downloadDir",
                    "downloadedEver downloadLimit downloadLimited editDate error errorString eta",
                    "etaIdle file-count files fileStats group hashString haveUnchecked haveValid",
                    "honorsSessionLimits id isFinished isPrivate isStalled labels leftUntilDone",
                    "magnetLink manualAnnounceTime maxConnectedPeers metadataPercentComplete name",
                    "peer-limit peers peersConnected peersFrom peersGettingFromUs peersSendingToUs",
                    "percentComplete percentDone pieces pieceCount pieceSize primary-mime-type",
                    "priorities queuePosition rateDownload rateUpload recheckProgress",
                    "secondsDownloading secondsSeeding seedIdleLimit seedIdleMode seedRatioLimit",
                    "seedRatioMode sequential_download sequential_download_from_piece sizeWhenDone",
                    "startDate status torrentFile totalSize trackers trackerList trackerStats",
                    "uploadedEver uploadLimit uploadLimited uploadRatio wanted webseeds",
                    "webseedsSendingToUs webseeds_ex source");

    private static final String FILES = "{'fields':['id','files']}";

    private static final String WEB_SEEDS =
            "[{\"url\":\"http://seed/\",\"is_downloading\":true,"
                    + "\"download_bytes_per_second\":77}]";

    private final Rig rig = new Rig();

    @Test
    void secondsGoOnWhileNothingElseHappens() {
        FakeTorrent torrent = rig.engine.fake(1);
        String asked = "{'fields':['secondsDownloading','secondsSeeding']}";
        assertThat(rig.legacy("torrent-get", asked).at("/torrents/0").toString())
                .isEqualTo("{\"secondsDownloading\":11,\"secondsSeeding\":12}");
        torrent.counting = rig.now.minusSeconds(30);
        torrent.state = TorrentState.SEEDING;
        assertThat(rig.legacy("torrent-get", asked).at("/torrents/0").toString())
                .isEqualTo("{\"secondsDownloading\":11,\"secondsSeeding\":42}");
        torrent.state = TorrentState.DOWNLOADING;
        assertThat(rig.legacy("torrent-get", asked).at("/torrents/0").toString())
                .isEqualTo("{\"secondsDownloading\":41,\"secondsSeeding\":12}");
    }

    @Test
    void answersEveryDocumentedField() {
        rig.engine.fake(1);
        List<String> names =
                DOCUMENTED.stream().flatMap(line -> List.of(line.split(" ", -1)).stream()).toList();
        String asked = names.stream().map(n -> "'" + n + "'").collect(Collectors.joining(","));
        JsonNode torrent =
                rig.legacy("torrent-get", "{'fields':[" + asked + "]}").at("/torrents/0");
        assertThat(torrent.fieldNames()).toIterable().containsExactlyElementsOf(names);
        assertThat(torrent.get("percentDone").asDouble()).isEqualTo(0.5);
        assertThat(torrent.get("eta").asInt()).isEqualTo(2);
        assertThat(torrent.get("leftUntilDone").asInt()).isEqualTo(100);
        assertThat(torrent.get("uploadRatio").asDouble()).isEqualTo(0.5);
        assertThat(torrent.get("pieces").asText()).isEqualTo("4A==");
        assertThat(torrent.get("availability").toString()).isEqualTo("[-1,-1,-1,4]");
        assertThat(torrent.get("wanted").toString()).isEqualTo("[1,1,1]");
        assertThat(torrent.get("downloadDir").asText()).isEqualTo("/downloads");
        assertThat(torrent.get("status").asInt()).isEqualTo(4);
        assertThat(torrent.at("/files/1/name").asText()).isEqualTo("top/f1");
        assertThat(torrent.at("/files/1/end_piece").asInt()).isEqualTo(13);
        assertThat(torrent.get("trackerList").asText())
                .isEqualTo("http://tracker.example:80/announce\n");
        assertThat(torrent.at("/trackerStats/0/announceState").asInt()).isEqualTo(1);
        assertThat(torrent.at("/trackers/0/scrape").asText())
                .isEqualTo("http://tracker.example:80/scrape");
        assertThat(torrent.at("/trackers/0/sitename").asText()).isEqualTo("tracker");
        assertThat(torrent.at("/peers/0/flagStr").asText()).isEqualTo("TODUEHI");
        assertThat(torrent.get("webseeds_ex").toString()).isEqualTo(WEB_SEEDS);
        assertThat(torrent.get("webseeds").toString()).isEqualTo("[\"http://seed/\"]");
        assertThat(torrent.get("magnetLink").asText()).contains("&ws=http");
        assertThat(torrent.at("/peersFrom/fromTracker").asInt()).isEqualTo(2);
        assertThat(torrent.get("downloadLimit").asInt()).isEqualTo(100);
        assertThat(torrent.get("downloadLimited").asBoolean()).isFalse();
        assertThat(torrent.get("magnetLink").asText()).startsWith("magnet:?xt=urn:btih:ab00");
    }

    @Test
    void jsonRpcHasItsOwnNamesAndTruthValues() {
        rig.engine.fake(1);
        JsonNode torrent =
                rig.ask(
                                "{'jsonrpc':'2.0','id':1,'method':'torrent_get','params':{'fields':"
                                        + "['wanted','file_stats','peers_from','tracker_stats','peers','webseeds_ex']}}")
                        .at("/result/torrents/0");
        assertThat(torrent.get("wanted").toString()).isEqualTo("[true,true,true]");
        assertThat(torrent.at("/file_stats/0/bytes_completed").asInt()).isEqualTo(50);
        assertThat(torrent.at("/peers_from/from_dht").asInt()).isEqualTo(1);
        assertThat(torrent.at("/tracker_stats/0/last_announce_peer_count").asInt()).isEqualTo(8);
        assertThat(torrent.at("/peers/0/is_utp").asBoolean()).isTrue();
        assertThat(torrent.get("webseeds_ex").toString()).isEqualTo(WEB_SEEDS);
        assertThat(torrent.toString()).doesNotContainPattern("\"[a-z_]*[A-Z-][a-zA-Z-]*\":");
    }

    @Test
    void unknownFieldsAreLeftOutAndNoneIsAnError() {
        rig.engine.fake(1);
        assertThat(
                        rig.legacy("torrent-get", "{'fields':['id','peersKnown','id',7]}")
                                .get("torrents")
                                .toString())
                .isEqualTo("[{\"id\":1}]");
        for (String arguments :
                List.of("{}", "{'fields':[]}", "{'fields':['nope']}", "{'fields':'id'}", "null")) {
            assertThat(rig.refused("torrent-get", arguments)).isEqualTo("no fields specified");
        }
    }

    @Test
    void fieldsComeBackInTheSpellingThatWasAsked() {
        rig.engine.fake(1);
        assertThat(
                        rig.legacy("torrent-get", "{'fields':['rate_download','rate-upload']}")
                                .get("torrents")
                                .toString())
                .isEqualTo("[{\"rate_download\":50,\"rate-upload\":8}]");
    }

    @Test
    void tablesHaveAHeaderAlsoWithoutRows() {
        assertThat(rig.legacy("torrent-get", "{'fields':['id','x'],'format':'table'}").toString())
                .isEqualTo("{\"torrents\":[[\"id\"]]}");
        rig.engine.fake(1);
        assertThat(
                        rig.legacy("torrent-get", "{'fields':['name','id'],'format':'table'}")
                                .toString())
                .isEqualTo("{\"torrents\":[[\"name\",\"id\"],[\"name 1\",1]]}");
    }

    @Test
    void idsChooseInAllTheirForms() {
        rig.engine.fake(1);
        rig.engine.fake(2);
        rig.engine.fake(3);
        String hash = FakeEngine.hash(2).hex();
        assertThat(ids("")).isEqualTo("1,2,3");
        assertThat(ids(",'ids':2")).isEqualTo("2");
        assertThat(ids(",'id':2")).isEqualTo("2");
        assertThat(ids(",'ids':[3,1,1]")).isEqualTo("3,1");
        assertThat(ids(",'ids':'" + hash.toUpperCase(Locale.ROOT) + "'")).isEqualTo("2");
        assertThat(ids(",'ids':['" + hash + "',3]")).isEqualTo("2,3");
        for (String nothing :
                List.of(
                        "[]",
                        "0",
                        "-1",
                        "99",
                        "'x'",
                        "{}",
                        "1.5",
                        "[null,{},'zz',4294967297]",
                        "true",
                        "99999999999999999999999")) {
            assertThat(ids(",'ids':" + nothing)).as(nothing).isEmpty();
        }
    }

    @Test
    void recentlyActiveTellsWhatChangedAndWhatIsGone() {
        rig.engine.fake(1).revision = 5;
        rig.engine.fake(2).revision = 6;
        rig.engine.revision = 6;
        String recent = "{'fields':['id'],'ids':'recently-active'}";
        assertThat(rig.legacy("torrent-get", recent).toString())
                .isEqualTo("{\"removed\":[],\"torrents\":[{\"id\":1},{\"id\":2}]}");
        rig.now = rig.now.plusSeconds(61);
        assertThat(rig.legacy("torrent-get", recent).toString())
                .isEqualTo("{\"removed\":[],\"torrents\":[]}");
        rig.engine.fake(2).revision = 7;
        rig.engine.removed.add(9);
        assertThat(rig.legacy("torrent-get", recent).toString())
                .isEqualTo("{\"removed\":[9],\"torrents\":[{\"id\":2}]}");
    }

    @Test
    void otherBundlesAddFields() {
        rig.engine.fake(1);
        rig.providers.add(new Adding());
        assertThat(rig.legacy("torrent-get", "{'fields':['my-field']}").get("torrents").toString())
                .isEqualTo("[{\"my-field\":\"name 1\"}]");
    }

    @Test
    void anEngineThatClosesIsToldOfAndNoTorrentIsLeftOut() {
        rig.engine.fake(1);
        rig.engine.fake(2).refusal = closing();
        assertThat(rig.refused("torrent-get", FILES)).isEqualTo("engine unavailable");
        rig.engine.fake(2).refusal = new EngineException(Code.BUSY, "too much to do");
        assertThat(rig.refused("torrent-get", FILES)).isEqualTo("too much to do");
        assertThat(rig.legacy("torrent-get", "{'fields':['id']}").get("torrents")).hasSize(2);
    }

    @Test
    void aTorrentThatIsRemovedMeanwhileIsLeftOut() {
        rig.engine.fake(1);
        rig.engine.fake(2).refusal = closing();
        rig.engine.fake(2).asked = () -> rig.engine.fakes.remove(2);
        assertThat(rig.legacy("torrent-get", FILES).get("torrents").findValuesAsText("id"))
                .containsExactly("1");
    }

    @Test
    void anAnswerThatCannotBeFinishedBreaksOff() {
        for (int number = 1; number <= 100; number++) {
            rig.engine.fake(number);
        }
        assertThat(rig.legacy("torrent-get", FILES).get("torrents").findValuesAsText("id"))
                .hasSize(100)
                .startsWith("1", "2")
                .endsWith("100");
        rig.engine.fake(100).refusal = closing();
        assertThatThrownBy(() -> rig.refused("torrent-get", FILES))
                .hasCauseInstanceOf(IOException.class);
    }

    private static EngineException closing() {
        return new EngineException(Code.TORRENT_NOT_FOUND, "the torrent is gone");
    }

    private String ids(String more) {
        JsonNode torrents =
                rig.legacy("torrent-get", "{'fields':['id']" + more + "}").get("torrents");
        return String.join(",", torrents.findValuesAsText("id"));
    }

    private static final class Adding implements FieldProvider {
        @Override
        public Map<String, Function<TorrentSnapshot, @Nullable Object>> torrentFields() {
            return Map.of("my-field", TorrentSnapshot::name);
        }

        @Override
        public Map<String, Function<Engine, @Nullable Object>> sessionFields() {
            return Map.of();
        }

        @Override
        public void torrentSet(RpcRequest request, TorrentChange change) {}

        @Override
        public void sessionSet(RpcRequest request, SessionChange change) {}
    }
}
