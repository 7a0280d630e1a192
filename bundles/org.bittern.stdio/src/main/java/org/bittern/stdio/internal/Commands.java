package org.bittern.stdio.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bittern.api.engine.AddTorrent;
import org.bittern.control.ControlException;
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

    private static final String ID = "torrent_id";
    private static final int MAX_PORT = 65535;

    private final Orchestrator orchestrator;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    Commands(Orchestrator orchestrator) {
        this.orchestrator = orchestrator;
        commands.put("init", this::init);
        commands.put("add_torrent_file", p -> add(TorrentSource.file(p.text("path")), p));
        commands.put("add_magnet_uri", p -> add(TorrentSource.magnet(p.text("uri")), p));
        commands.put("add_torrent_and_seed", this::addAndSeed);
        commands.put("get_status", p -> status());
        commands.put("get_engine_stats", p -> status());
        commands.put(
                "get_torrent_status",
                p -> Map.of("status", orchestrator.torrentStatus(p.text(ID))));
        commands.put(
                "remove_torrent",
                done(p -> orchestrator.remove(p.text(ID), p.flag("delete_data").orElse(false))));
        commands.put("force_reannounce", done(p -> orchestrator.reannounce(p.text(ID))));
        commands.put("recheck_torrent", done(p -> orchestrator.recheck(p.text(ID))));
        commands.put("pause_torrent", done(p -> orchestrator.pause(p.text(ID))));
        commands.put("resume_torrent", done(p -> orchestrator.resume(p.text(ID))));
        commands.put("set_torrent_options", done(p -> orchestrator.setOptions(p.text(ID), p)));
        commands.put("stop_torrent", done(p -> orchestrator.stop(p.text(ID))));
        commands.put(
                "set_settings",
                done(p -> orchestrator.setSettings(p.object("settings").orElse(Map.of()))));
        commands.put(
                "move_torrent",
                done(p ->
                        orchestrator.move(
                                p.text(ID), p.text("path"), p.flag("move_data").orElse(true))));
        commands.put(
                "rename_path",
                done(p -> orchestrator.rename(p.text(ID), p.text("path"), p.text("name"))));
        commands.put("add_peer", done(this::addPeer));
        SessionCommands session = new SessionCommands(orchestrator);
        commands.put("get_session", p -> session.session());
        commands.put("set_settings", done(session::apply));
        commands.put("set_group", done(session::group));
        commands.put("set_options", done(session::options));
        commands.put("move_in_queue", done(session::move));
    }

    /** Names of all commands but {@value #SHUTDOWN}. */
    Set<String> names() {
        return commands.keySet();
    }

    /**
     * Performs a command.
     *
     * @return the fields of the answer beside {@code id} and {@code ok}
     * @throws ControlException refused
     */
    Map<String, ? extends @Nullable Object> perform(String name, Params params) {
        Command command = commands.get(name);
        if (command == null) {
            throw new ControlException(
                    ControlException.Code.INVALID_REQUEST, "Unknown command '" + name + "'");
        }
        if (!name.equals("init")) {
            orchestrator.engine(); // refused before the parameters are looked at
        }
        return command.perform(params);
    }

    /** Stops the engine, if one runs. */
    void stopEngine() {
        if (orchestrator.running()) {
            orchestrator.stop();
        }
    }

    private Map<String, ? extends @Nullable Object> init(Params params) {
        if (!orchestrator.running()) {
            params.text("download_dir");
            if (params.whole("listen_port", 0, MAX_PORT).isEmpty()) {
                throw new ControlException(
                        ControlException.Code.INVALID_REQUEST, "'listen_port' is missing");
            }
        }
        return orchestrator.start(params);
    }

    private Map<String, ? extends @Nullable Object> add(AddTorrent request, Params params) {
        return orchestrator.add(TorrentSource.with(request, params));
    }

    private Map<String, ? extends @Nullable Object> addAndSeed(Params params) {
        params.text("save_path");
        return add(TorrentSource.file(params.text("path")), params);
    }

    private Map<String, ? extends @Nullable Object> status() {
        return Map.of("status", orchestrator.status());
    }

    private void addPeer(Params params) {
        int port =
                params.whole("port", 1, MAX_PORT)
                        .orElseThrow(() ->
                                new ControlException(
                                        ControlException.Code.INVALID_REQUEST, "'port' is missing"))
                        .intValue();
        orchestrator.addPeer(params.text(ID), params.text("host"), port);
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
