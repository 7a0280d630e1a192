package org.bittern.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;

/** Commands about the session as a whole, and about everything that a torrent can be told. */
public final class SessionCommands {
    private static final long MAX_RATE = 1L << 40;

    /**
     * What the engine itself acts on: nobody here watches a directory or serves a remote control.
     */
    private static final List<Setting<?>> OFFERED =
            EngineSettings.ALL.stream()
                    .filter(key -> !RpcSettings.ALL.contains(key))
                    .filter(key -> key != EngineSettings.WATCH_DIR)
                    .filter(key -> key != EngineSettings.WATCH_DIR_ENABLED)
                    .filter(key -> key != EngineSettings.TRASH_ORIGINAL_TORRENT_FILES)
                    .toList();

    private final Orchestrator orchestrator;

    public SessionCommands(Orchestrator orchestrator) {
        this.orchestrator = orchestrator;
    }

    /** The settings in force, the groups, and the names in the order of the queue. */
    public Map<String, Object> session() {
        Engine engine = orchestrator.engine();
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Setting<?> key : OFFERED) {
            if (!key.name().contains("password")) {
                settings.put(key.name(), printed(key, engine.settings()));
            }
        }
        List<Object> groups = new ArrayList<>();
        for (BandwidthGroup group : engine.policies().groups()) {
            SpeedLimits limits = group.limits();
            groups.add(
                    Map.of(
                            "name",
                            group.name(),
                            "download_limit",
                            limits.downLimited() ? limits.down() : 0,
                            "upload_limit",
                            limits.upLimited() ? limits.up() : 0,
                            "honors_session_limits",
                            limits.honorsSession()));
        }
        List<String> queue =
                engine.snapshots().stream()
                        .sorted((a, b) -> Integer.compare(a.queuePosition(), b.queuePosition()))
                        .map(snapshot -> snapshot.infoHash().hex())
                        .toList();
        return Map.of("settings", settings, "groups", groups, "queue", queue);
    }

    private static <T> Object printed(Setting<T> key, Settings settings) {
        return key.print(settings.get(key));
    }

    /** Puts settings in force: {@code settings}, by their names in {@code settings.json}. */
    public void apply(Params params) {
        Settings changes = Settings.EMPTY;
        for (Map.Entry<String, Object> entry : required(params, "settings").entrySet()) {
            changes =
                    parsed(
                            changes,
                            named(OFFERED, entry.getKey()),
                            entry.getKey(),
                            entry.getValue());
        }
        Orchestrator.answer(orchestrator.engine().apply(changes));
    }

    /** Makes or changes a bandwidth group; a limit of 0 or none does not hold. */
    public void group(Params params) {
        long down = params.whole("download_limit", 0, MAX_RATE).orElse(0L);
        long up = params.whole("upload_limit", 0, MAX_RATE).orElse(0L);
        boolean honors = params.flag("honors_session_limits").orElse(true);
        SpeedLimits limits = new SpeedLimits(down, down > 0, up, up > 0, honors);
        try {
            BandwidthGroup group = new BandwidthGroup(params.text("name"), limits);
            Orchestrator.answer(orchestrator.engine().policies().setGroup(group));
        } catch (EngineException e) {
            throw ControlException.of(e);
        }
    }

    /** Moves a torrent in the queue: {@code where} is top, up, down or bottom. */
    public void move(String id, Params params) {
        Torrent torrent = orchestrator.torrent(id);
        String where = params.text("where");
        for (Queue.Move move : Queue.Move.values()) {
            if (move.name().toLowerCase(Locale.ROOT).equals(where)) {
                Orchestrator.answer(orchestrator.engine().queue().move(List.of(torrent), move));
                return;
            }
        }
        throw ControlException.invalid("'where' must be top, up, down or bottom");
    }

    /**
     * Changes {@code options} of a torrent by their names in the engine, and its {@code labels}:
     * all or nothing.
     */
    public void options(String id, Params params) {
        Torrent torrent = orchestrator.torrent(id);
        Settings changes = Settings.EMPTY;
        for (var entry : params.object("options").orElse(Map.of()).entrySet()) {
            Optional<Setting<?>> key = named(TorrentOptions.ALL, entry.getKey());
            changes = parsed(changes, key, entry.getKey(), entry.getValue());
        }
        Optional<List<String>> labels = params.texts("labels");
        // First what only the engine can judge; the options were read above.
        if (labels.isPresent()) {
            Orchestrator.answer(torrent.setLabels(labels.get()));
        }
        Orchestrator.answer(torrent.setOptions(changes));
    }

    private static Optional<Setting<?>> named(List<Setting<?>> offered, String name) {
        return offered.stream().filter(key -> key.name().equals(name)).findAny();
    }

    private static Settings parsed(
            Settings settings, Optional<Setting<?>> key, String name, Object value) {
        if (key.isEmpty()) {
            throw ControlException.invalid("'" + name + "' is not known");
        }
        try {
            return settings.parsed(key.get(), value);
        } catch (EngineException e) {
            throw ControlException.of(e);
        }
    }

    private static Map<String, Object> required(Params params, String name) {
        return params.object(name)
                .orElseThrow(() -> ControlException.invalid("'" + name + "' is missing"));
    }
}
