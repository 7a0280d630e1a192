package org.bittern.transmission.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Torrent;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;

/** Methods that make torrents do something. Thread-safe. */
final class TorrentActions {
    private final Engines engines;
    private final RecentActivity recent;

    TorrentActions(Engines engines, RecentActivity recent) {
        this.engines = engines;
        this.recent = recent;
    }

    List<RpcMethod> methods() {
        return List.of(
                Method.of("torrent_start", call -> all(call, Torrent::start)),
                Method.of("torrent_start_now", call -> all(call, Torrent::startNow)),
                Method.of("torrent_stop", call -> all(call, Torrent::stop)),
                Method.of("torrent_verify", call -> begin(call, Torrent::recheck)),
                Method.of("torrent_reannounce", call -> all(call, Torrent::reannounce)),
                Method.of("torrent_remove", this::remove),
                Method.of("torrent_set_location", this::setLocation),
                Method.of("torrent_rename_path", this::rename),
                Method.of("queue_move_top", call -> move(call, Queue.Move.TOP)),
                Method.of("queue_move_up", call -> move(call, Queue.Move.UP)),
                Method.of("queue_move_down", call -> move(call, Queue.Move.DOWN)),
                Method.of("queue_move_bottom", call -> move(call, Queue.Move.BOTTOM)));
    }

    /** In the order of the queue, so that the first of them gets the first free place. */
    private List<Torrent> chosen(RpcRequest call) throws RpcException {
        record Placed(int place, Torrent torrent) {} // others move them meanwhile
        return Selection.of(engines.require(), call.arguments(), recent).torrents().stream()
                .map(torrent -> new Placed(torrent.snapshot().queuePosition(), torrent))
                .sorted(Comparator.comparingInt(Placed::place))
                .map(Placed::torrent)
                .toList();
    }

    private RpcAnswer all(RpcRequest call, Function<Torrent, CompletionStage<Void>> action)
            throws RpcException {
        for (Torrent torrent : chosen(call)) {
            Engines.settle(action.apply(torrent));
        }
        return RpcAnswer.NONE;
    }

    /** Does not wait for the end of work on the disk; only a refusal is told. */
    private RpcAnswer begin(RpcRequest call, Function<Torrent, CompletionStage<Void>> action)
            throws RpcException {
        for (Torrent torrent : chosen(call)) {
            CompletionStage<Void> stage = action.apply(torrent);
            if (stage.toCompletableFuture().isCompletedExceptionally()) {
                Engines.settle(stage);
            }
        }
        return RpcAnswer.NONE;
    }

    private RpcAnswer remove(RpcRequest call) throws RpcException {
        // Without ids all torrents are meant; a null is more likely a number that got lost.
        for (String name : List.of("ids", "id")) {
            if (call.arguments().has(name) && call.arguments().raw(name) == null) {
                throw new RpcException(RpcError.INVALID_PARAMS, name + " is null");
            }
        }
        boolean delete = call.arguments().flag("delete_local_data").orElse(false);
        Engine engine = engines.require();
        new Removal(engine, Removal.PATIENCE).perform(chosen(call), delete);
        return RpcAnswer.NONE;
    }

    private RpcAnswer setLocation(RpcRequest call) throws RpcException {
        String location =
                call.arguments()
                        .text("location")
                        .orElseThrow(
                                () -> new RpcException(RpcError.INVALID_PARAMS, "no location"));
        Path directory = absolute(location, "new location path is not absolute");
        boolean move = call.arguments().flag("move").orElse(false);
        return begin(call, torrent -> torrent.move(directory, move));
    }

    /**
     * A path from a caller.
     *
     * @param otherwise what is said when it is relative, or no path at all
     */
    static Path absolute(String text, String otherwise) throws RpcException {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            throw new RpcException(RpcError.RELATIVE_PATH, otherwise);
        }
        throw new RpcException(RpcError.RELATIVE_PATH, otherwise);
    }

    private RpcAnswer rename(RpcRequest call) throws RpcException {
        Arguments arguments = call.arguments();
        List<Torrent> torrents = chosen(call);
        if (torrents.size() != 1) {
            throw new RpcException(
                    RpcError.INVALID_PARAMS,
                    call.dialect().spell("torrent-rename-path") + " requires 1 torrent");
        }
        Torrent torrent = torrents.getFirst();
        String path = arguments.text("path").orElse("");
        String name = arguments.text("name").orElse("");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("path", path);
        told.put("name", name);
        told.put("id", torrent.number());
        boolean plain =
                !path.isEmpty()
                        && !name.isBlank()
                        && !name.equals(".")
                        && !name.equals("..")
                        && name.chars().noneMatch(c -> c == '/' || c < ' ');
        if (!plain) {
            throw new RpcException(RpcError.SYSTEM, "Invalid argument", told);
        }
        try {
            Engines.await(torrent.rename(path, name));
        } catch (RpcException e) {
            String text = e.error() == RpcError.INVALID_PARAMS ? "Invalid argument" : e.text();
            throw new RpcException(RpcError.SYSTEM, text, told);
        }
        return RpcAnswer.of(told);
    }

    private RpcAnswer move(RpcRequest call, Queue.Move where) throws RpcException {
        List<Torrent> torrents = chosen(call);
        Engines.settle(engines.require().queue().move(torrents, where));
        return RpcAnswer.NONE;
    }
}
