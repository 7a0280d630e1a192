package org.bittern.transmission.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineStatistics;
import org.bittern.api.engine.EngineStatistics.Totals;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;

/** {@code session-stats}. Thread-safe. */
final class SessionStats {
    private static final String TOTAL = "cumulative-stats";
    private static final String CURRENT = "current-stats";

    /** Both count seconds. */
    static final Set<String> TICKING = Set.of(TOTAL, CURRENT);

    private final Engines engines;

    SessionStats(Engines engines) {
        this.engines = engines;
    }

    RpcAnswer perform(RpcRequest request) throws RpcException {
        Map<String, Member> members = members(engines.require());
        return out -> {
            for (Map.Entry<String, Member> member : members.entrySet()) {
                out.field(member.getKey());
                member.getValue().write(out);
            }
        };
    }

    /** By names of the legacy dialect. */
    static Map<String, Member> members(Engine engine) {
        EngineStatus status = engine.status();
        List<TorrentSnapshot> torrents = engine.snapshots();
        long active = torrents.stream().filter(SessionStats::runs).count();
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("activeTorrentCount", out -> out.value(active));
        members.put("downloadSpeed", out -> out.value(status.downloadRate()));
        members.put("pausedTorrentCount", out -> out.value(torrents.size() - active));
        members.put("torrentCount", out -> out.value(torrents.size()));
        members.put("uploadSpeed", out -> out.value(status.uploadRate()));
        statistics(engine)
                .ifPresent(statistics -> {
                    members.put(TOTAL, out -> totals(statistics.total(), out));
                    members.put(CURRENT, out -> totals(statistics.current(), out));
                });
        return members;
    }

    /** As Transmission counts: one that waits or is checked, which stops it there, does not run. */
    private static boolean runs(TorrentSnapshot torrent) {
        return switch (torrent.state()) {
            case METADATA, DOWNLOADING, FINISHED, SEEDING -> true;
            case STOPPED, PAUSED, ERROR, CHECK_QUEUED, CHECKING, DOWNLOAD_QUEUED, SEED_QUEUED ->
                    false;
        };
    }

    /** An engine that counts nothing has none. */
    private static Optional<EngineStatistics> statistics(Engine engine) {
        try {
            return Optional.of(engine.statistics());
        } catch (EngineException e) {
            return Optional.empty();
        }
    }

    private static void totals(Totals totals, RpcWriter out) throws IOException {
        out.beginObject();
        out.number("downloadedBytes", totals.downloadedBytes());
        out.number("filesAdded", totals.filesAdded());
        out.number("secondsActive", totals.secondsActive());
        out.number("sessionCount", totals.sessions());
        out.number("uploadedBytes", totals.uploadedBytes());
        out.endObject();
    }
}
