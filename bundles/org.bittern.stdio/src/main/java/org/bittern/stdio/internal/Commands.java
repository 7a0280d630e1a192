package org.bittern.stdio.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bittern.api.engine.AddTorrent;
import org.bittern.control.ControlException;
import org.bittern.control.Diagnostics;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.bittern.control.SessionCommands;
import org.bittern.control.TorrentSource;
import org.jspecify.annotations.Nullable;

/**
 * The commands by name. Each blocks until it is done and answers with the fields of its result;
 * they run one after the other on the thread of the {@link CommandLoop}.
 */
final class Commands {
    /** The command that ends the process; the loop itself performs it. */
    static final String SHUTDOWN = "shutdown";

    private static final String INIT = "init";
    private static final String ID = "torrent_id";
    private static final int MAX_PORT = 65535;

    private final Orchestrator core;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    Commands(Orchestrator core, Diagnostics diagnostics) {
        this.core = core;
        commands.put(INIT, this::init);
        commands.put("add_torrent_file", p -> add(TorrentSource.file(p.text("path")), p));
        commands.put("add_magnet_uri", p -> add(TorrentSource.magnet(p.text("uri")), p));
        commands.put("add_torrent_and_seed", this::addAndSeed);
        commands.put("get_status", p -> status());
        commands.put("get_engine_stats", p -> status());
        torrent("get_torrent_status", p -> Map.of("status", core.torrentStatus(p.text(ID))));
        torrent(
                "remove_torrent",
                done(p -> core.remove(p.text(ID), p.flag("delete_data").orElse(false))));
        torrent("force_reannounce", done(p -> core.reannounce(p.text(ID))));
        torrent("recheck_torrent", done(p -> core.recheck(p.text(ID))));
        torrent("pause_torrent", done(p -> core.pause(p.text(ID))));
        torrent("resume_torrent", done(p -> core.resume(p.text(ID))));
        torrent("stop_torrent", done(p -> core.stop(p.text(ID))));
        torrent("set_torrent_options", this::setOptions);
        torrent(
                "move_torrent",
                done(p -> core.move(p.text(ID), p.text("path"), p.flag("move_data").orElse(true))));
        torrent("rename_path", done(p -> core.rename(p.text(ID), p.text("path"), p.text("name"))));
        torrent("add_peer", done(p -> core.addPeer(p.text(ID), p.text("host"), port(p))));
        torrent(
                "disconnect_peer",
                done(p -> core.disconnectPeer(p.text(ID), p.text("host"), port(p))));
        torrent("get_availability", p -> core.availability(p.text(ID)));
        commands.put("get_logs", diagnostics::logs);
        commands.put("get_process", p -> Map.of("process", Diagnostics.process()));
        SessionCommands session = new SessionCommands(core);
        torrent("set_options", done(p -> session.options(p.text(ID), p)));
        torrent("move_in_queue", done(p -> session.move(p.text(ID), p)));
        commands.put("get_session", p -> session.session());
        commands.put("set_settings", done(session::apply));
        commands.put("set_group", done(session::group));
    }

    /** A command about a torrent, which is looked for before the other parameters are. */
    private void torrent(String name, Command command) {
        commands.put(
                name,
                params -> {
                    core.torrent(params.text(ID));
                    return command.perform(params);
                });
    }

    /** Names of all commands but {@value #SHUTDOWN}. */
    Set<String> names() {
        return commands.keySet();
    }

    /**
     * Performs a command. Whether an engine runs is looked at first.
     *
     * @param params may throw {@link ControlException}
     * @return the fields of the answer beside {@code id} and {@code ok}
     * @throws ControlException refused
     */
    Map<String, ? extends @Nullable Object> perform(String name, Supplier<Params> params) {
        Command command = commands.get(name);
        if (command == null) {
            throw new ControlException(
                    ControlException.Code.INVALID_REQUEST, "Unknown command '" + name + "'");
        }
        if (name.equals(INIT)) {
            core.requireNone();
        } else {
            core.engine();
        }
        return command.perform(params.get());
    }

    /** Stops the engine, if one runs; whatever happens, the process can end then. */
    void end() {
        core.end();
    }

    private Map<String, ? extends @Nullable Object> init(Params params) {
        params.text("download_dir");
        if (params.whole("listen_port", 0, MAX_PORT).isEmpty()) {
            throw new ControlException(
                    ControlException.Code.INVALID_REQUEST, "'listen_port' is missing");
        }
        return core.start(params);
    }

    private Map<String, ? extends @Nullable Object> add(AddTorrent request, Params params) {
        return core.add(TorrentSource.with(request, params));
    }

    private Map<String, ? extends @Nullable Object> addAndSeed(Params params) {
        params.text("save_path");
        return add(TorrentSource.file(params.text("path")), params);
    }

    private Map<String, ? extends @Nullable Object> status() {
        return Map.of("status", core.status());
    }

    private Map<String, Object> setOptions(Params params) {
        core.setOptions(params.text(ID), params);
        return params.remainder();
    }

    private static int port(Params params) {
        return params.whole("port", 1, MAX_PORT)
                .orElseThrow(() ->
                        new ControlException(
                                ControlException.Code.INVALID_REQUEST, "'port' is missing"))
                .intValue();
    }

    private static Command done(Action action) {
        return params -> {
            action.perform(params);
            return Map.of();
        };
    }

    private interface Command {
        Map<String, ? extends @Nullable Object> perform(Params params);
    }

    private interface Action {
        void perform(Params params);
    }
}
