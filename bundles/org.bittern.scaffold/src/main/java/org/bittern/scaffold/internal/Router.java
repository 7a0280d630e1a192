package org.bittern.scaffold.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.control.ControlException;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.bittern.control.Route;
import org.bittern.control.Route.Call;
import org.bittern.control.Routes;
import org.bittern.control.StateWords;
import org.bittern.control.TorrentSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All routes and what they do; knows no servlets. Thread-safe, blocks until a call is done. */
final class Router {
    private static final Logger log = LoggerFactory.getLogger(Router.class);

    private final Orchestrator core;
    private final List<Route> own;
    private final Route start = Route.post("/engine/start", this::start).withoutEngine();
    private final List<Routes> more = new CopyOnWriteArrayList<>();
    private final Route shutdown = Route.post("/shutdown", call -> Map.of()).withoutEngine();

    Router(Orchestrator core) {
        this.core = core;
        own =
                List.of(
                        start,
                        Route.post("/engine/stop", this::stop),
                        Route.get("/engine/status", this::engineStatus).withoutEngine(),
                        Route.post("/torrent/add", this::add),
                        Route.get("/torrent/:id/status", this::torrentStatus),
                        Route.post("/torrent/:id/pause", this::pause),
                        Route.post("/torrent/:id/resume", this::resume),
                        Route.post("/torrent/:id/remove", this::remove),
                        shutdown);
    }

    /** Stops the engine, if one runs; whatever happens, the process can end then. */
    void end() {
        core.end();
    }

    void add(Routes routes) {
        more.add(routes);
    }

    void remove(Routes routes) {
        more.remove(routes);
    }

    /** All that are answered now. */
    List<Route> routes() {
        List<Route> all = new ArrayList<>(own);
        more.forEach(routes -> all.addAll(routes.routes()));
        return all;
    }

    /**
     * Answers one call: first the route is checked, then the engine, the torrent, the parameters.
     *
     * @param params reads the body; may throw {@link ControlException} and {@link Refused}
     */
    Reply answer(String method, String path, Supplier<Params> params) {
        List<Route> there = routes();
        there.removeIf(route -> route.match(path).isEmpty());
        if (there.isEmpty()) {
            return Reply.failure(404, "NotFound", "there is no such path");
        }
        Optional<Route> route =
                there.stream().filter(candidate -> candidate.method().equals(method)).findFirst();
        if (route.isEmpty()) {
            String allowed =
                    there.stream().map(Route::method).distinct().collect(Collectors.joining(", "));
            return Reply.failure(405, "MethodNotAllowed", "allowed here: " + allowed)
                    .with("Allow", allowed);
        }
        try {
            return Reply.success(perform(route.get(), path, params), route.get().equals(shutdown));
        } catch (ControlException e) {
            return Reply.refusal(e);
        } catch (EngineException e) {
            return Reply.refusal(ControlException.of(e));
        } catch (Refused e) {
            return e.reply();
        } catch (RuntimeException | Error e) {
            // An Error, too: who asked gets an answer, and the log its line.
            log.error("call failed", e);
            return Reply.failure(500, "InternalError", "the call failed, see the log");
        }
    }

    private Map<String, ? extends @Nullable Object> perform(
            Route route, String path, Supplier<Params> params) {
        String id = route.match(path).orElse("");
        if (route.needsEngine()) {
            core.engine();
        }
        if (route.equals(start)) {
            core.requireNone();
        }
        if (route.namesTorrent()) {
            core.torrent(id);
        }
        return route.action().perform(new Call(core, id, params.get()));
    }

    private Map<String, Object> start(Call call) {
        Params config = call.params().inner("config").orElseGet(() -> new Params(Map.of()));
        Object ignored = core.start(config).get("ignored");
        if (ignored == null) {
            return Map.of();
        }
        log.warn("names that are not known in the configuration: {}", ignored);
        return Map.of("ignored", ignored);
    }

    private Map<String, Object> stop(Call call) {
        core.stop();
        return Map.of();
    }

    private Map<String, Object> engineStatus(Call call) {
        return core.present().map(Router::status).orElse(Map.of("running", false));
    }

    private static Map<String, Object> status(Engine engine) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("running", true);
        status.put("version", engine.status().version());
        status.put("port", engine.status().listenPort());
        status.put("torrents", engine.snapshots().stream().map(Router::brief).toList());
        return status;
    }

    private static Map<String, String> brief(TorrentSnapshot torrent) {
        Map<String, String> brief = new LinkedHashMap<>();
        brief.put("id", torrent.id());
        brief.put("state", StateWords.of(torrent).state());
        return brief;
    }

    private Map<String, Object> add(Call call) {
        String data = call.params().text("data");
        AddTorrent request =
                switch (call.params().text("type")) {
                    case "file" -> TorrentSource.base64(data);
                    case "magnet" -> TorrentSource.magnet(data);
                    default ->
                            throw new ControlException(
                                    ControlException.Code.INVALID_REQUEST,
                                    "'type' must be file or magnet");
                };
        Optional<String> directory = call.params().optionalText("storage_path");
        if (directory.isPresent()) {
            request = request.into(TorrentSource.directory(directory.get()));
        }
        Map<String, Object> result = new LinkedHashMap<>(core.add(request));
        Object id = result.remove("torrent_id");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", String.valueOf(id));
        answer.putAll(result);
        return answer;
    }

    private Map<String, Object> torrentStatus(Call call) {
        TorrentSnapshot torrent = core.torrent(call.id()).snapshot();
        StateWords words = StateWords.of(torrent);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("id", torrent.id());
        status.put("name", torrent.name());
        status.put("state", words.state());
        words.detail().ifPresent(detail -> status.put("detail", detail));
        torrent.error().ifPresent(error -> status.put("error", error.message()));
        status.put("progress", torrent.progress().fraction());
        status.put("size", torrent.progress().totalBytes());
        status.put("downloadRate", torrent.transfer().downloadRate());
        status.put("uploadRate", torrent.transfer().uploadRate());
        status.put("totalDownloaded", torrent.transfer().downloadedBytes());
        status.put("totalUploaded", torrent.transfer().uploadedBytes());
        status.put("peers", torrent.swarm().connected());
        return status;
    }

    private Map<String, Object> pause(Call call) {
        core.pause(call.id());
        return Map.of();
    }

    private Map<String, Object> resume(Call call) {
        core.resume(call.id());
        return Map.of();
    }

    private Map<String, Object> remove(Call call) {
        core.remove(call.id(), call.params().flag("delete_data").orElse(false));
        return Map.of();
    }
}
