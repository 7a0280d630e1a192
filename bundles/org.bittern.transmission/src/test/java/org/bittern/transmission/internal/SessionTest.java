package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.Encryption;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SessionTest {
    private final Rig rig = new Rig();

    @Test
    void tellsSettingsInTransmissionsUnits() {
        rig.engine.settings =
                Settings.EMPTY
                        .with(EngineSettings.SPEED_LIMIT_DOWN, 77_000L)
                        .with(EngineSettings.RATIO_LIMIT, 1.25)
                        .with(EngineSettings.ENCRYPTION, Encryption.TOLERATED);
        JsonNode session = rig.legacy("session-get", "{}");
        assertThat(session.get("speed-limit-down").asInt()).isEqualTo(77);
        assertThat(session.get("seedRatioLimit").asDouble()).isEqualTo(1.25);
        assertThat(session.get("encryption").asText()).isEqualTo("tolerated");
        assertThat(session.get("version").asText()).isEqualTo("Bittern 1.2.3");
        assertThat(session.get("rpc-version").asInt()).isEqualTo(17);
        assertThat(session.get("rpc-version-semver").asText()).isEqualTo("5.3.0");
        assertThat(session.get("session-id").asText()).isEqualTo(Rig.SESSION);
        assertThat(session.get("blocklist-size").asInt()).isEqualTo(77);
        assertThat(session.at("/units/memory-bytes").asInt()).isEqualTo(1024);
        assertThat(session.toString()).doesNotContain("password");
        JsonNode modern = rig.ask("{'jsonrpc':'2.0','id':1,'method':'session_get'}").get("result");
        assertThat(modern.get("encryption").asText()).isEqualTo("allowed");
        assertThat(modern.get("cache_size_mib").asInt()).isEqualTo(100);
        assertThat(modern.size()).isEqualTo(session.size());
        assertThat(modern.toString()).doesNotContainPattern("\"[a-z_]*[A-Z-][a-zA-Z-]*\":");
    }

    @Test
    void tellsOnlyWhatIsAsked() {
        assertThat(
                        rig.legacy("session-get", "{'fields':['version','nope','rpc_version']}")
                                .toString())
                .isEqualTo("{\"version\":\"Bittern 1.2.3\",\"rpc_version\":17}");
        assertThat(rig.legacy("session-get", "{'fields':['nope']}").size()).isGreaterThan(40);
    }

    @Test
    void whatIsSetIsTold() {
        rig.legacy(
                "session-set",
                "{'alt-speed-down':33,'alt-speed-enabled':true,'cache-size-mb':16,"
                        + "'download-dir':'/x/../y','encryption':'required','seedRatioLimited':1,"
                        + "'seedRatioLimit':3,'anti-brute-force-enabled':true,"
                        + "'default-trackers':'http://a/announce\\n','preferred_transports':['tcp']}");
        Settings settings = rig.engine.settings;
        assertThat(settings.get(EngineSettings.ALT_SPEED_DOWN)).isEqualTo(33_000);
        assertThat(settings.get(EngineSettings.DISK_QUEUE_MIB)).isEqualTo(16);
        assertThat(settings.get(EngineSettings.DOWNLOAD_DIR)).isEqualTo("/y");
        assertThat(settings.get(EngineSettings.ENCRYPTION)).isEqualTo(Encryption.REQUIRED);
        assertThat(settings.get(EngineSettings.RATIO_LIMIT_ENABLED)).isTrue();
        assertThat(settings.get(RpcSettings.ANTI_BRUTE_FORCE_ENABLED)).isTrue();
        assertThat(settings.get(NetworkSettings.UTP_ENABLED)).isFalse();
        JsonNode session = rig.legacy("session-get", "{}");
        assertThat(session.get("alt-speed-down").asInt()).isEqualTo(33);
        assertThat(session.get("default-trackers").asText()).isEqualTo("http://a/announce\n");
        assertThat(session.get("preferred_transports").toString()).isEqualTo("[\"tcp\"]");
    }

    @Test
    void whatWasShownMayBeWrittenBack() {
        assertThat(rig.engine.settings.get(EngineSettings.INCOMPLETE_DIR)).isEmpty();
        rig.legacy("session-set", rig.legacy("session-get", "{}").toString());
        assertThat(rig.engine.settings.get(EngineSettings.INCOMPLETE_DIR)).isEmpty();
        assertThat(rig.refused("session-set", "{'incomplete-dir':'relative'}"))
                .isEqualTo("incomplete torrents directory path is not absolute");
    }

    @Test
    void refusalsChangeNothing() {
        for (String wrong :
                List.of(
                        "'download-dir':'relative'",
                        "'incomplete-dir':'relative'",
                        "'download-dir':'/\\u0000'",
                        "'encryption':'sometimes'",
                        "'peer-port':70000",
                        "'peer-port':9223372036854775807",
                        "'peer-port':-1",
                        "'alt-speed-time-begin':1440",
                        "'speed-limit-up':-1",
                        "'download-queue-size':-1",
                        "'preferred_transports':['carrier pigeon']",
                        "'script-torrent-done-filename':'/bin/true'",
                        "'script-torrent-done-enabled':true")) {
            String result = rig.refused("session-set", "{'dht-enabled':false," + wrong + "}");
            assertThat(result).as(wrong).isNotEqualTo("success");
            assertThat(rig.engine.settings.keys()).as(wrong).isEmpty();
        }
        assertThat(rig.refused("session-set", "{'download-dir':'x'}"))
                .isEqualTo("download directory path is not absolute");
    }

    @Test
    void valuesOfAWrongTypeAndReadOnlyKeysAreIgnored() {
        rig.legacy(
                "session-set",
                "{'dht-enabled':'no','peer-port':'5','peer-limit-global':5.0,'encryption':7,"
                        + "'download-dir':[],'version':'x','session-id':'y','rpc-version':3,"
                        + "'units':{},'nonsense':{},'speed-limit-up':null,"
                        + "'script-torrent-done-enabled':false,'script-torrent-done-filename':''}");
        assertThat(rig.engine.settings.keys()).isEmpty();
    }

    @Test
    void statisticsCountThisSessionAndAll() {
        rig.engine.fake(1);
        JsonNode stats = rig.legacy("session-stats", "{}");
        assertThat(stats.get("activeTorrentCount").asInt()).isEqualTo(1);
        assertThat(stats.get("downloadSpeed").asInt()).isEqualTo(5);
        assertThat(stats.at("/current-stats/secondsActive").asInt()).isEqualTo(6);
        assertThat(stats.at("/cumulative-stats/sessionCount").asInt()).isEqualTo(2);
    }

    /** In Transmission a check stops a torrent, and one that waits for its turn is not started. */
    @Test
    void onlyTorrentsThatRunAreActive() {
        List<TorrentState> states = List.of(TorrentState.values());
        for (int i = 0; i < states.size(); i++) {
            rig.engine.fake(i + 1).state = states.get(i);
        }
        JsonNode stats = rig.legacy("session-stats", "{}");
        assertThat(stats.get("torrentCount").asInt()).isEqualTo(states.size());
        assertThat(stats.get("activeTorrentCount").asInt())
                .as("metadata, downloading, finished, seeding")
                .isEqualTo(4);
        assertThat(stats.get("pausedTorrentCount").asInt()).isEqualTo(states.size() - 4);
    }

    @Test
    void groupsAreMadeChangedAndTold() {
        rig.legacy(
                "group-set", "{'name':'a','speed-limit-down':5,'speed-limit-down-enabled':true}");
        rig.legacy("group-set", "{'name':'a','honorsSessionLimits':false}");
        rig.legacy("group-set", "{'name':'b'}");
        JsonNode group = rig.legacy("group-get", "{'name':'a'}").at("/group/0");
        assertThat(group.get("speed-limit-down").asInt()).isEqualTo(5);
        assertThat(group.get("honorsSessionLimits").asBoolean()).isFalse();
        assertThat(rig.legacy("group-get", "{}").get("group").size()).isEqualTo(2);
        assertThat(rig.legacy("group-get", "{'name':['b','x']}").get("group").size()).isEqualTo(1);
        assertThat(rig.refused("group-set", "{}")).isEqualTo("No group name given");
        assertThat(rig.refused("group-set", "{'name':'a','speed-limit-up':9223372036854775807}"))
                .contains("not allowed");
        assertThat(rig.refused("group-set", "{'name':'" + "x".repeat(256) + "'}"))
                .contains("characters");
    }

    @Test
    void aGroupIsRemoved() {
        rig.legacy("group-set", "{'name':'a'}");
        assertThat(rig.refused("group-remove", "{}")).isEqualTo("No group name given");
        assertThat(rig.refused("group-remove", "{'name':'b'}")).isEqualTo("there is no group b");
        rig.legacy("group-remove", "{'name':'a'}");
        assertThat(rig.legacy("group-get", "{}").get("group")).isEmpty();
    }

    @Test
    void labelsGetLimitsAndLoseThem() {
        rig.legacy("label-set", "{'name':'films','speed-limit-down':5,'ratio-limit':1.5}");
        rig.legacy(
                "label-set",
                "{'name':'films','speed-limit-down-enabled':true,'seed-time-limit-enabled':true,"
                        + "'idle-seeding-limit':7,'seed-limit-action':'remove'}");
        JsonNode films = rig.legacy("label-get", "{'name':'films'}").at("/labels/0");
        assertThat(films.toString())
                .isEqualTo(
                        """
                        {"name":"films","honorsSessionLimits":true,"speed-limit-down":5,\
                        "speed-limit-down-enabled":true,"speed-limit-up":0,\
                        "speed-limit-up-enabled":false,"ratio-limit-enabled":true,\
                        "ratio-limit":1.5,"idle-seeding-limit-enabled":true,\
                        "idle-seeding-limit":7,"seed-time-limit-enabled":true,\
                        "seed-time-limit":1440,"seed-limit-action":"remove"}\
                        """);
        rig.legacy("label-set", "{'name':'films','ratio-limit-enabled':false}");
        films = rig.legacy("label-get", "{}").at("/labels/0");
        assertThat(films.get("ratio-limit-enabled").asBoolean()).isFalse();
        assertThat(films.has("ratio-limit")).isFalse();

        for (String wrong :
                List.of(
                        "'ratio-limit':-1",
                        "'ratio-limit':'x'",
                        "'ratio-limit':null",
                        "'seed-time-limit':1e9",
                        "'seed-limit-action':'burn'",
                        "'speed-limit-down':'x'",
                        "'speed-limit-up-enabled':7",
                        "'speed-limit-up':-1",
                        "'frob':1")) {
            assertThat(rig.refused("label-set", "{'name':'films'," + wrong + "}"))
                    .as(wrong)
                    .isNotEmpty();
        }
        assertThat(rig.legacy("label-get", "{}").at("/labels/0")).isEqualTo(films);
        assertThat(rig.refused("label-set", "{}")).isEqualTo("No label given");
        assertThat(rig.refused("label-remove", "{'name':'x'}")).isEqualTo("label x has no limits");
        rig.legacy("label-remove", "{'name':'films'}");
        assertThat(rig.legacy("label-get", "{}").get("labels")).isEmpty();
    }

    @Test
    void freeSpaceIsThatOfTheDirectory(@TempDir Path directory) {
        JsonNode space = rig.legacy("free-space", "{'path':'" + directory + "'}");
        assertThat(space.get("size-bytes").asLong()).isPositive();
        assertThat(space.get("total_size").asLong())
                .isGreaterThanOrEqualTo(space.get("size-bytes").asLong());
        JsonNode missing =
                rig.ask("{'method':'free-space','arguments':{'path':'" + directory + "/no'}}");
        assertThat(missing.get("result").asText()).isEqualTo("No such file or directory");
        assertThat(missing.at("/arguments/size-bytes").asInt()).isEqualTo(-1);
        assertThat(rig.refused("free-space", "{'path':'x'}"))
                .isEqualTo("directory path is not absolute");
        assertThat(rig.refused("free-space", "{}")).isEqualTo("directory path argument is missing");
    }

    @Test
    void theBlockListIsUpdatedWhereThereIsOne() {
        assertThat(rig.legacy("blocklist-update", "{}").get("blocklist-size").asInt())
                .isEqualTo(78);
        rig.blocklist = Optional.empty();
        assertThat(rig.refused("blocklist-update", "{}")).isEqualTo("there is no block list here");
        assertThat(rig.legacy("session-get", "{}").has("blocklist-size")).isFalse();
    }

    @Test
    void thePortIsTestedByAskingSomebodyElse() {
        String root = "https://port.example/is-open/";
        rig.web.put(root + "50123", new byte[] {'1'});
        rig.engine.settings = Settings.EMPTY.with(RpcSettings.PORT_TEST_URL, root);
        assertThat(rig.legacy("port-test", "{'ip_protocol':'ipv4'}").toString())
                .isEqualTo("{\"port-is-open\":true,\"ip_protocol\":\"ipv4\"}");
        rig.engine.settings = Settings.EMPTY.with(RpcSettings.PORT_TEST_URL, root + "x");
        assertThat(rig.refused("port-test", "{}"))
                .isEqualTo("Couldn't fetch port: Not Found (404)");
        rig.engine.settings = Settings.EMPTY.with(RpcSettings.PORT_TEST_URL, "");
        assertThat(rig.refused("port-test", "{}")).contains("nobody to ask");
        assertThat(rig.refused("port-test", "{'ip_protocol':'ipv5'}")).contains("must be one of");
    }
}
