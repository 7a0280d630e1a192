package org.bittern.scaffold.debug.internal;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.control.ControlException;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.bittern.control.Route;
import org.bittern.control.Route.Call;
import org.bittern.control.TorrentSource;
import org.bittern.metainfo.Bitfield;
import org.jspecify.annotations.Nullable;

/** What the routes do. Each method performs one call. */
final class Calls {
    private static final int MAX_PORT = 65535;
    private static final int DEFAULT_LINES = 100;

    private final Chronicle chronicle;

    private Calls(Chronicle chronicle) {
        this.chronicle = chronicle;
    }

    static List<Route> routes(Chronicle chronicle) {
        Calls calls = new Calls(chronicle);
        return List.of(
                Route.post("/torrent/add-with-options", Calls::add),
                Route.post("/torrent/:id/add-peer", Calls::addPeer),
                Route.post("/torrent/:id/disconnect-peer", Calls::disconnectPeer),
                Route.post("/torrent/:id/recheck", Calls::recheck),
                Route.post("/torrent/:id/force-announce", Calls::announce),
                Route.post("/torrent/:id/settings", Calls::settings),
                Route.get("/torrent/:id/details", Calls::details),
                Route.get("/torrent/:id/peers", Calls::peers),
                Route.get("/torrent/:id/pieces", Calls::pieces),
                Route.get("/torrent/:id/availability", Calls::availability),
                Route.get("/logs", calls::logs).withoutEngine(),
                Route.get("/stats", Calls::stats).withoutEngine());
    }

    private static Map<String, Object> add(Call call) {
        Params params = call.params();
        AddTorrent request =
                params.optionalText("path").isPresent()
                        ? TorrentSource.file(params.text("path"))
                        : TorrentSource.magnet(params.text("uri"));
        Map<String, Object> result =
                new LinkedHashMap<>(call.core().add(TorrentSource.with(request, params)));
        result.put("id", String.valueOf(result.remove("torrent_id")));
        return result;
    }

    private static Map<String, Object> addPeer(Call call) {
        InetSocketAddress peer = peer(call.params());
        call.core().addPeer(call.id(), peer.getHostString(), peer.getPort());
        return Map.of();
    }

    private static Map<String, Object> disconnectPeer(Call call) {
        InetSocketAddress peer = peer(call.params());
        Orchestrator.answer(
                torrent(call)
                        .disconnectPeer(
                                new InetSocketAddress(peer.getHostString(), peer.getPort())));
        return Map.of();
    }

    private static InetSocketAddress peer(Params params) {
        int port =
                params.whole("port", 1, MAX_PORT)
                        .orElseThrow(() -> invalid("'port' is missing"))
                        .intValue();
        return InetSocketAddress.createUnresolved(params.text("ip"), port);
    }

    private static Map<String, Object> recheck(Call call) {
        call.core().recheck(call.id());
        return Map.of();
    }

    private static Map<String, Object> announce(Call call) {
        call.core().reannounce(call.id());
        return Map.of();
    }

    private static Map<String, Object> settings(Call call) {
        call.core().setOptions(call.id(), call.params());
        return call.params().remainder();
    }

    private static Map<String, @Nullable Object> details(Call call) {
        return Map.of("status", call.core().torrentStatus(call.id()));
    }

    private static Map<String, Object> peers(Call call) {
        List<PeerSnapshot> peers = Orchestrator.answer(torrent(call).peers());
        return Map.of("peers", peers.stream().map(Calls::peer).toList());
    }

    private static Map<String, Object> peer(PeerSnapshot peer) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("ip", peer.address().getHostString());
        view.put("port", peer.address().getPort());
        view.put("client", peer.client());
        view.put("transport", peer.transport());
        view.put("source", peer.source());
        view.put("incoming", peer.incoming());
        view.put("encrypted", peer.encrypted());
        view.put("progress", peer.progress());
        view.put("amChoking", peer.amChoking());
        view.put("amInterested", peer.amInterested());
        view.put("peerChoking", peer.peerChoking());
        view.put("peerInterested", peer.peerInterested());
        view.put("snubbed", peer.snubbed());
        view.put("optimistic", peer.optimistic());
        view.put("requestsOut", peer.requestsOut());
        view.put("requestsIn", peer.requestsIn());
        view.put("downloadRate", peer.downloadRate());
        view.put("uploadRate", peer.uploadRate());
        view.put("totalDownloaded", peer.downloadedBytes());
        view.put("totalUploaded", peer.uploadedBytes());
        return view;
    }

    private static Map<String, Object> pieces(Call call) {
        Bitfield pieces = Orchestrator.answer(torrent(call).pieces());
        StringBuilder bits = new StringBuilder(pieces.pieceCount());
        for (int piece = 0; piece < pieces.pieceCount(); piece++) {
            bits.append(pieces.get(piece) ? '1' : '0');
        }
        return Map.of(
                "pieces", bits.toString(),
                "count", pieces.pieceCount(),
                "length", torrent(call).snapshot().progress().pieceLength());
    }

    private static Map<String, Object> availability(Call call) {
        int[] counts = Orchestrator.answer(torrent(call).availability());
        return Map.of("availability", Arrays.stream(counts).boxed().toList());
    }

    private Map<String, Object> logs(Call call) {
        String name = call.params().optionalText("level").orElse("info").toUpperCase(Locale.ROOT);
        Chronicle.Level least =
                Arrays.stream(Chronicle.Level.values())
                        .filter(level -> level.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> invalid("'level' must be debug, info, warn or error"));
        long limit =
                call.params().whole("limit", 1, Chronicle.CAPACITY).orElse((long) DEFAULT_LINES);
        return Map.of(
                "logs", chronicle.newest(least, (int) limit).stream().map(Calls::line).toList());
    }

    private static Map<String, String> line(Chronicle.Entry entry) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("time", entry.at().toString());
        line.put("level", entry.level().name().toLowerCase(Locale.ROOT));
        line.put("torrent", entry.torrent());
        line.put("message", entry.message());
        return line;
    }

    /** Of the process always, of the engine while one runs. */
    private static Map<String, Object> stats(Call call) {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        process.put(
                "heapBytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        process.put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime());
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("process", process);
        if (call.core().running()) {
            stats.put("engine", call.core().status());
        }
        return stats;
    }

    private static Torrent torrent(Call call) {
        return call.core().torrent(call.id());
    }

    private static ControlException invalid(String message) {
        return new ControlException(ControlException.Code.INVALID_REQUEST, message);
    }
}
