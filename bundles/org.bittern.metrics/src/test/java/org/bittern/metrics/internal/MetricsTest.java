package org.bittern.metrics.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MetricsTest {
    private static final Pattern LINE =
            Pattern.compile("[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? -?[0-9.E+-]+");

    private static TorrentSnapshot torrent(TorrentState state, Optional<TorrentError> error) {
        return new SnapshotBuilder(state)
                .name("secret name")
                .progress(new TorrentSnapshot.Progress(1, 1, 100, 100, 40, 40, 0, 4, 1, 25))
                .transfer(new TorrentSnapshot.Transfer(0, 0, 0, 0, 0, 0, 0, 7, 2))
                .error(error)
                .build();
    }

    private static EngineHost host(Optional<Engine> engine) {
        return fake(EngineHost.class, _ -> engine);
    }

    private static Engine engine(TorrentSnapshot... torrents) {
        return fake(
                Engine.class,
                method ->
                        method.equals("status")
                                ? new EngineStatus(
                                        "1.2.3",
                                        51413,
                                        2,
                                        5,
                                        10,
                                        20,
                                        1000,
                                        2000,
                                        Instant.ofEpochSecond(1_000_000))
                                : List.of(torrents));
    }

    private static String text(Optional<Engine> engine) throws Exception {
        return new String(MetricsServlet.text(host(engine)), StandardCharsets.UTF_8);
    }

    @Test
    void countsWhatTheEngineDoes() throws Exception {
        String text =
                text(
                        Optional.of(
                                engine(
                                        torrent(TorrentState.SEEDING, Optional.empty()),
                                        torrent(
                                                TorrentState.ERROR,
                                                Optional.of(
                                                        new TorrentError(
                                                                TorrentError.Kind.DISK_FULL,
                                                                "full"))))));
        assertThat(text.lines())
                .contains(
                        "bittern_engine_up 1.0",
                        "bittern_build_info{version=\"1.2.3\"} 1",
                        "bittern_listen_port 51413.0",
                        "bittern_peers 5.0",
                        "bittern_downloaded_bytes_total 1000.0",
                        "bittern_uploaded_bytes_total 2000.0",
                        "bittern_torrents{state=\"seeding\"} 1.0",
                        "bittern_torrents{state=\"error\"} 1.0",
                        "bittern_torrents{state=\"downloading\"} 0.0",
                        "bittern_torrent_errors{kind=\"disk_full\"} 1.0",
                        "bittern_left_bytes 120.0",
                        "bittern_wasted_bytes 14.0",
                        "bittern_hash_failures 4.0");
        assertThat(text).doesNotContain("secret");
    }

    @Test
    void isWellFormedAndSaysSoWithoutAnEngine() throws Exception {
        String text = text(Optional.empty());
        assertThat(text.lines()).contains("bittern_engine_up 0.0").noneMatch(String::isBlank);
        assertThat(text.lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .allMatch(line -> LINE.matcher(line).matches());
        assertThat(text).contains("# TYPE process_cpu_seconds_total counter");
    }
}
