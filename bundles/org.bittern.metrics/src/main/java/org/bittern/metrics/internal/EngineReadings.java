package org.bittern.metrics.internal;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;

/**
 * What an operator wants to know of an engine. Sums over all torrents: a series for each of ten
 * thousand torrents would be the scraper's undoing, and their names are nobody's business there. No
 * state, any thread.
 */
final class EngineReadings {
    private EngineReadings() {}

    /** Reads everything; takes snapshots only, so it never waits for the engine. */
    static void read(Optional<Engine> running, Readings readings) {
        readings.gauge("bittern_engine_up", "1 while an engine runs.", running.isPresent() ? 1 : 0);
        if (running.isPresent()) {
            Engine engine = running.get();
            status(engine.status(), readings);
            torrents(engine.snapshots(), readings);
        }
    }

    private static void status(EngineStatus status, Readings readings) {
        readings.info(
                        "bittern_build",
                        "Version of the program.",
                        Labels.of("version", status.version()))
                .gauge(
                        "bittern_engine_start_time_seconds",
                        "When the engine started, in seconds since 1970.",
                        status.started().toEpochMilli() / 1000.0)
                .gauge(
                        "bittern_listen_port",
                        "Port for peers, 0 while nothing listens.",
                        status.listenPort())
                .gauge("bittern_peers", "Connected peers.", status.peers())
                .gauge(
                        "bittern_download_bytes_per_second",
                        "Payload that comes in.",
                        status.downloadRate())
                .gauge(
                        "bittern_upload_bytes_per_second",
                        "Payload that goes out.",
                        status.uploadRate())
                .counter(
                        "bittern_downloaded_bytes",
                        "Payload received since the engine started.",
                        status.downloadedBytes())
                .counter(
                        "bittern_uploaded_bytes",
                        "Payload sent since the engine started.",
                        status.uploadedBytes());
    }

    private static void torrents(List<TorrentSnapshot> torrents, Readings readings) {
        Map<TorrentState, Integer> states = new EnumMap<>(TorrentState.class);
        Map<TorrentError.Kind, Integer> errors = new EnumMap<>(TorrentError.Kind.class);
        long left = 0;
        long verified = 0;
        long wasted = 0;
        long failures = 0;
        for (TorrentSnapshot torrent : torrents) {
            states.merge(torrent.state(), 1, Integer::sum);
            torrent.error().ifPresent(error -> errors.merge(error.kind(), 1, Integer::sum));
            left += torrent.progress().leftBytes();
            verified += torrent.progress().verifiedBytes();
            wasted += torrent.transfer().wastedBytes();
            failures += torrent.transfer().hashFailures();
        }
        readings.gauges(
                        "bittern_torrents",
                        "Torrents by what they are doing.",
                        byName("state", TorrentState.values(), states))
                .gauges(
                        "bittern_torrent_errors",
                        "Torrents with trouble, by its kind.",
                        byName("kind", TorrentError.Kind.values(), errors))
                .gauge("bittern_left_bytes", "Wanted bytes that are not there yet.", left)
                .gauge("bittern_verified_bytes", "Bytes in verified pieces.", verified)
                .gauge(
                        "bittern_wasted_bytes",
                        "Payload received in vain, of the torrents that are there.",
                        wasted)
                .gauge(
                        "bittern_hash_failures",
                        "Pieces that failed their hash, of the torrents that are there.",
                        failures);
    }

    /** All names have a series from the first scrape on, so that rates and alerts work. */
    private static <E extends Enum<E>> Map<Labels, Integer> byName(
            String label, E[] names, Map<E, Integer> counts) {
        Map<Labels, Integer> series = new HashMap<>();
        for (E name : names) {
            series.put(
                    Labels.of(label, name.name().toLowerCase(Locale.ROOT)),
                    counts.getOrDefault(name, 0));
        }
        return series;
    }
}
