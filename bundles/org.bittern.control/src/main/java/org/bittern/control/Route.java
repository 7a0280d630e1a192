package org.bittern.control;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of the HTTP plane, told without HTTP: the adapter that carries it checks everything that
 * is the same for all of them, and turns {@link ControlException} into an answer.
 *
 * @param method GET or POST
 * @param path such as {@code /torrent/:id/status}; {@code :id} stands for one element
 * @param needsEngine refused without an engine, before anything else is looked at
 */
public record Route(String method, String path, boolean needsEngine, Action action) {
    private static final String ID = ":id";

    /** A question. */
    public static Route get(String path, Action action) {
        return new Route("GET", path, true, action);
    }

    /** A command. */
    public static Route post(String path, Action action) {
        return new Route("POST", path, true, action);
    }

    /** The same, also answered while no engine runs. */
    public Route withoutEngine() {
        return new Route(method, path, false, action);
    }

    /** Whether its path names a torrent. */
    public boolean namesTorrent() {
        return path.contains(ID);
    }

    /**
     * Compares a path.
     *
     * @return the element at {@code :id}, empty text when there is none; empty when it is another
     *     path
     */
    public Optional<String> match(String asked) {
        int at = path.indexOf(ID);
        if (at < 0) {
            return asked.equals(path) ? Optional.of("") : Optional.empty();
        }
        String head = path.substring(0, at);
        String tail = path.substring(at + ID.length());
        int idLength = asked.length() - head.length() - tail.length();
        if (idLength <= 0 || !asked.startsWith(head) || !asked.endsWith(tail)) {
            return Optional.empty();
        }
        String id = asked.substring(at, at + idLength);
        return id.contains("/") ? Optional.empty() : Optional.of(id);
    }

    /** What a route does. */
    @FunctionalInterface
    public interface Action {
        /**
         * Performs it, blocking until it is done.
         *
         * @return the fields of the answer beside {@code ok}
         * @throws ControlException refused; nothing has changed
         */
        Map<String, ? extends @Nullable Object> perform(Call call);
    }

    /**
     * One call.
     *
     * @param id the torrent that the path names, empty when it names none; it was there a moment
     *     ago
     * @param params of the body, or of the query of a GET
     */
    public record Call(Orchestrator core, String id, Params params) {}
}
