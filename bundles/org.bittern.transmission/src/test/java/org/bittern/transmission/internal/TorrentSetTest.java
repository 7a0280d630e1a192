package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TorrentSetTest {
    private final Rig rig = new Rig();
    private FakeTorrent torrent = rig.engine.fake(1);

    @BeforeEach
    void fresh() {
        torrent = rig.engine.fake(1);
    }

    @Test
    void optionsReachTheTorrent() {
        set(
                "'bandwidthPriority':1,'group':'g','honorsSessionLimits':false,'peer-limit':7,"
                        + "'seedIdleLimit':5,'seedIdleMode':1,'seedRatioLimit':'1.5',"
                        + "'seedRatioMode':2,'sequential_download':1,"
                        + "'sequential_download_from_piece':3");
        assertThat(torrent.options.get(TorrentOptions.BANDWIDTH_PRIORITY)).isEqualTo(1);
        assertThat(torrent.options.get(TorrentOptions.GROUP)).isEqualTo("g");
        assertThat(torrent.options.get(TorrentOptions.HONORS_SESSION_LIMITS)).isFalse();
        assertThat(torrent.options.get(TorrentOptions.MAX_CONNECTIONS)).isEqualTo(7);
        assertThat(torrent.options.get(TorrentOptions.SEED_IDLE_MODE)).isEqualTo(LimitMode.OWN);
        assertThat(torrent.options.get(TorrentOptions.SEED_RATIO_LIMIT)).isEqualTo(1.5);
        assertThat(torrent.options.get(TorrentOptions.SEED_RATIO_MODE))
                .isEqualTo(LimitMode.UNLIMITED);
        assertThat(torrent.options.get(TorrentOptions.SEQUENTIAL)).isTrue();
        assertThat(torrent.options.get(TorrentOptions.SEQUENTIAL_FROM)).isEqualTo(3);
    }

    @Test
    void aLimitActsOnlyWhenItIsSwitchedOn() {
        set("'downloadLimit':50");
        assertThat(torrent.options.get(TorrentOptions.DOWNLOAD_LIMIT)).isEqualTo(50_000);
        assertThat(torrent.options.get(TorrentOptions.DOWNLOAD_LIMITED)).isFalse();
        set("'downloadLimited':true");
        assertThat(torrent.options.get(TorrentOptions.DOWNLOAD_LIMITED)).isTrue();
        set("'downloadLimit':60");
        assertThat(torrent.options.get(TorrentOptions.DOWNLOAD_LIMITED)).isTrue();
        set("'uploadLimited':true");
        assertThat(torrent.options.get(TorrentOptions.UPLOAD_LIMIT)).isEqualTo(100_000);
        set("'uploadLimit':0");
        assertThat(torrent.options.get(TorrentOptions.UPLOAD_LIMIT)).isEqualTo(1);
    }

    @Test
    void filesAreChosenAndRanked() {
        set("'files-unwanted':[0,1],'priority-high':[2],'priority-low':[0]");
        assertThat(torrent.priority(0)).isEqualTo(Priority.SKIP);
        assertThat(torrent.priority(1)).isEqualTo(Priority.SKIP);
        assertThat(torrent.priority(2)).isEqualTo(Priority.HIGH);
        set("'files-wanted':[]");
        assertThat(torrent.priority(0)).isEqualTo(Priority.NORMAL);
        assertThat(torrent.priority(2)).isEqualTo(Priority.HIGH);
    }

    @Test
    void trackersAreAddedRemovedAndReplacedAsAWhole() {
        set("'trackerAdd':['udp://other.example:1/announce']");
        assertThat(torrent.trackers()).hasSize(2);
        set("'trackerRemove':[0]");
        assertThat(torrent.calls).contains("editTrackers [0]");
        set("'trackerList':'http://a.example/announce\\n\\nhttp://b.example/announce\\n'");
        assertThat(torrent.trackers())
                .containsExactly("http://a.example/announce", "http://b.example/announce");
        set("'trackerList':''");
        assertThat(torrent.trackers()).isEmpty();
    }

    @Test
    void labelsReplaceLabels() {
        set("'labels':[' a ','b','a']");
        assertThat(torrent.labels).containsExactly("a", "b");
    }

    @Test
    void refusalsChangeNothing() {
        rig.engine.fake(2);
        FakeTorrent other = rig.engine.fake(2);
        for (String wrong :
                List.of(
                        "'files-wanted':[3]",
                        "'priority-high':[-1]",
                        "'files-unwanted':[4294967296]",
                        "'labels':['']",
                        "'labels':['a,b']",
                        "'labels':[7]",
                        "'labels':['" + "x".repeat(1001) + "']",
                        "'labels':[" + numbered("'%d'", 1001, ",") + "]",
                        "'trackerAdd':['nonsense']",
                        "'trackerAdd':['http://tracker.example:80/announce']",
                        "'trackerRemove':[99]",
                        "'trackerReplace':[0]",
                        "'trackerReplace':[0,'x']",
                        "'trackerReplace':[0,'http://tracker.example:80/announce']",
                        "'trackerAdd':[" + numbered("'http://t%d/'", 1000, ",") + "]",
                        "'trackerList':'nonsense'",
                        "'trackerList':'" + numbered("http://t%d/", 1001, "\\n") + "'",
                        "'peer-limit':-5",
                        "'peer-limit':9999999999",
                        "'seedRatioLimit':-1",
                        "'seedIdleLimit':9223372036854775807",
                        "'downloadLimit':-1",
                        "'downloadLimit':9223372036854775807",
                        "'sequential_download_from_piece':20",
                        "'group':'\\u0007'")) {
            assertThat(
                            rig.refused(
                                    "torrent-set",
                                    "{'ids':[1,2],'honorsSessionLimits':false," + wrong + "}"))
                    .as(wrong)
                    .isNotEqualTo("success");
            assertThat(torrent.calls).as(wrong).isEmpty();
            assertThat(other.calls).as(wrong).isEmpty();
        }
    }

    @Test
    void valuesOfAWrongTypeAreAsGoodAsNone() {
        set(
                "'bandwidthPriority':7,'peer-limit':'7','honorsSessionLimits':'yes','labels':'a',"
                        + "'files-wanted':0,'seedRatioMode':3,'seedRatioLimit':[],'group':5,"
                        + "'trackerAdd':'x','queuePosition':'1','location':'/x'");
        assertThat(torrent.calls).isEmpty();
    }

    @Test
    void queuePositionsAreSet() {
        set("'queuePosition':3");
        assertThat(torrent.position).isEqualTo(3);
    }

    @Test
    void asManyLabelsAndTrackersAsTheEngineAllowsAreSet() {
        set("'labels':[" + numbered("'%d'", 1000, ",") + "],'trackerRemove':[0]");
        assertThat(torrent.labels).hasSize(1000);
        set("'trackerList':'" + numbered("http://t%d/", 1000, "\\n") + "'");
        assertThat(torrent.trackers()).hasSize(1000);
    }

    private static String numbered(String form, int count, String between) {
        return IntStream.range(0, count)
                .mapToObj(form::formatted)
                .collect(Collectors.joining(between));
    }

    private void set(String arguments) {
        rig.legacy("torrent-set", "{'ids':1," + arguments + "}");
    }
}
