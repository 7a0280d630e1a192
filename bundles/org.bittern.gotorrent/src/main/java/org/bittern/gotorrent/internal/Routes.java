package org.bittern.gotorrent.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Paths, the methods that they take, and what a failure looks like. Thread-safe. */
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    static final List<String> LOOK = List.of("GET", "HEAD");

    /** The seed changes things by GET; POST is the better way and is taken as well. */
    private static final List<String> CHANGE = List.of("GET", "POST");

    private static final List<String> ADD = List.of("POST");

    private final Map<String, Route> routes = new LinkedHashMap<>();

    /** Answers a call. */
    @FunctionalInterface
    interface Action {
        /**
         * Does it.
         *
         * @param body shared, empty without one
         */
        Answer answer(Params params, byte[] body);
    }

    /** Answers a call that has no body. */
    @FunctionalInterface
    private interface Plain {
        Answer answer(Params params);
    }

    /** A path. */
    record Route(List<String> methods, Action action) {}

    Routes(Calls calls) {
        plain(LOOK, calls::allData, "/alldata");
        plain(LOOK, calls::torrentData, "/torrentdata");
        routes.put("/addmagnet", new Route(ADD, calls::addMagnet));
        routes.put("/AddMagnet", new Route(ADD, calls::addMagnet));
        routes.put("/addtorrentfile", new Route(ADD, calls::addTorrentFile));
        plain(CHANGE, calls::stop, "/stoptorrent");
        plain(CHANGE, calls::start, "/starttorrent");
        plain(CHANGE, calls::remove, "/removetorrent");
        plain(CHANGE, calls::setDownRate, "/setdownrate", "/settorrentdownrate");
        plain(CHANGE, calls::setUpRate, "/setuprate", "/settorrentuprate");
        plain(CHANGE, calls::setGlobalDownRate, "/setglobaldownrate");
        plain(CHANGE, calls::setGlobalUpRate, "/setglobaluprate");
        plain(CHANGE, calls::recheck, "/recheck");
    }

    private void plain(List<String> methods, Plain action, String... paths) {
        for (String path : paths) {
            routes.put(path, new Route(methods, (params, body) -> action.answer(params)));
        }
    }

    /** All paths. */
    List<String> paths() {
        return List.copyOf(routes.keySet());
    }

    @Nullable Route find(String path) {
        return routes.get(path);
    }

    /** Does a call and turns what goes wrong into an answer. */
    static Answer run(Route route, @Nullable String query, byte[] body) {
        try {
            return route.action().answer(Params.parse(query), body);
        } catch (CallException e) {
            return e.answer();
        } catch (EngineException e) {
            return new Answer.Failure(status(e.code()), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("call failed", e);
            return new Answer.Failure(500, "the call failed, see the log");
        }
    }

    private static int status(EngineException.Code code) {
        return switch (code) {
            case TORRENT_NOT_FOUND -> 404;
            case INVALID_ARGUMENT, INVALID_PATH -> 422;
            case INVALID_TORRENT -> 400;
            case ENGINE_NOT_RUNNING, BUSY -> 503;
            case ENGINE_ALREADY_RUNNING, PORT_IN_USE, UNSUPPORTED, DISK, INTERNAL -> 500;
        };
    }
}
