package org.bittern.scaffold.debug.internal;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.control.ControlException;
import org.bittern.control.Diagnostics;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.bittern.control.Route;
import org.bittern.control.Route.Action;
import org.bittern.control.Route.Call;
import org.bittern.control.SessionCommands;
import org.bittern.control.TorrentSource;
import org.bittern.metainfo.Bitfield;
import org.jspecify.annotations.Nullable;

/** What the routes do. Each method performs one call. */
final class Calls {
    private static final int MAX_PORT = 65535;

    private Calls() {}

    static List<Route> routes(Diagnostics diagnostics) {
        return List.of(
                Route.post("/torrent/add-with-options", Calls::add),
                Route.post("/torrent/:id/add-peer", Calls::addPeer),
                Route.post("/torrent/:id/disconnect-peer", Calls::disconnectPeer),
                Route.post("/torrent/:id/recheck", done((core, id) -> core.recheck(id))),
                Route.post("/torrent/:id/force-announce", done((core, id) -> core.reannounce(id))),
                Route.post("/torrent/:id/settings", Calls::settings),
                Route.post("/torrent/:id/stop", done((core, id) -> core.stop(id))),
                Route.post("/torrent/:id/move", Calls::move),
                Route.post("/torrent/:id/rename", Calls::rename),
                Route.post(
                        "/torrent/:id/options", session((s, c) -> s.options(c.id(), c.params()))),
                Route.post("/torrent/:id/queue", session((s, c) -> s.move(c.id(), c.params()))),
                Route.get("/session", call -> new SessionCommands(call.core()).session()),
                Route.post("/session/settings", session((s, c) -> s.apply(c.params()))),
                Route.post("/session/group", session((s, c) -> s.group(c.params()))),
                Route.get("/torrent/:id/details", Calls::details),
                Route.get("/torrent/:id/peers", Calls::peers),
                Route.get("/torrent/:id/pieces", Calls::pieces),
                Route.get("/torrent/:id/availability", Calls::availability),
                Route.get("/logs", call -> diagnostics.logs(call.params())).withoutEngine(),
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
        call.core().disconnectPeer(call.id(), peer.getHostString(), peer.getPort());
        return Map.of();
    }

    private static InetSocketAddress peer(Params params) {
        int port =
                params.whole("port", 1, MAX_PORT)
                        .orElseThrow(() -> invalid("'port' is missing"))
                        .intValue();
        return InetSocketAddress.createUnresolved(params.text("ip"), port);
    }

    private static Action done(BiConsumer<Orchestrator, String> command) {
        return call -> {
            command.accept(call.core(), call.id());
            return Map.of();
        };
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
        return call.core().availability(call.id());
    }

    private static Map<String, Object> move(Call call) {
        Params params = call.params();
        call.core().move(call.id(), params.text("path"), params.flag("move_data").orElse(true));
        return Map.of();
    }

    private static Map<String, Object> rename(Call call) {
        call.core().rename(call.id(), call.params().text("path"), call.params().text("name"));
        return Map.of();
    }

    private static Action session(BiConsumer<SessionCommands, Call> command) {
        return call -> {
            command.accept(new SessionCommands(call.core()), call);
            return Map.of();
        };
    }

    /** Of the process always, of the engine while one runs. */
    private static Map<String, Object> stats(Call call) {
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("process", Diagnostics.process());
        call.core().present().map(Orchestrator::status).ifPresent(of -> stats.put("engine", of));
        return stats;
    }

    private static Torrent torrent(Call call) {
        return call.core().torrent(call.id());
    }

    private static ControlException invalid(String message) {
        return new ControlException(ControlException.Code.INVALID_REQUEST, message);
    }
}
