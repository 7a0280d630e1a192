package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.TorrentState;
import org.bittern.rpc.FieldTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LiveViewTest {
    private final Rig rig = new Rig();
    private final LiveView view = new LiveView(rig.outside);

    @Test
    void torrentsAreThoseOfTorrentGet() throws JsonProcessingException {
        FakeTorrent torrent = rig.engine.fake(1);
        torrent.labels = List.of("a \"b\"", "ü");
        FieldTexts shown = view.torrent(rig.engine, torrent.torrent, null);
        List<String> names =
                IntStream.range(0, shown.names().count()).mapToObj(shown.names()::name).toList();
        assertThat(names).contains("rateDownload", "labels", "status").doesNotContain("files");
        JsonNode got =
                rig.legacy("torrent-get", "{'fields':['" + String.join("','", names) + "']}")
                        .get("torrents")
                        .get(0);
        assertThat(parsed(shown)).isEqualTo(got);
    }

    @Test
    void theSessionIsThatOfSessionGetAndSessionStats() throws JsonProcessingException {
        ObjectNode got = (ObjectNode) rig.legacy("session-get", "{}");
        got.setAll((ObjectNode) rig.legacy("session-stats", "{}"));
        got.remove(List.of("session-id", "download-dir-free-space"));
        assertThat(parsed(view.session(rig.engine, null))).isEqualTo(got);
    }

    @Test
    void equalTextsAreKeptAndDifferencesAreNews() {
        FakeTorrent torrent = rig.engine.fake(1);
        FieldTexts before = view.torrent(rig.engine, torrent.torrent, null);
        torrent.state = TorrentState.STOPPED;
        FieldTexts now = view.torrent(rig.engine, torrent.torrent, before);
        assertThat(now.names()).isSameAs(before.names());
        assertThat(names(now, before)).contains("status", "secondsSeeding").doesNotContain("name");
        assertThat(now.news(now).isEmpty()).isTrue();
        int name =
                IntStream.range(0, now.names().count())
                        .filter(i -> now.names().name(i).equals("name"))
                        .findFirst()
                        .orElseThrow();
        assertThat(now.text(name)).isSameAs(before.text(name));
    }

    @Test
    void settingsOfTheSessionAreNewsToo() {
        FieldTexts before = view.session(rig.engine, null);
        rig.engine.settings = rig.engine.settings.with(NetworkSettings.DHT_ENABLED, false);
        FieldTexts now = view.session(rig.engine, before);
        assertThat(names(now, before))
                .containsExactly("dht-enabled", "cumulative-stats", "current-stats");
    }

    private static List<String> names(FieldTexts now, FieldTexts before) {
        return now.news(before).stream().mapToObj(now.names()::name).toList();
    }

    private static JsonNode parsed(FieldTexts texts) throws JsonProcessingException {
        StringBuilder json = new StringBuilder("{");
        texts.append(json);
        return new ObjectMapper().readTree(json.append('}').toString());
    }
}
