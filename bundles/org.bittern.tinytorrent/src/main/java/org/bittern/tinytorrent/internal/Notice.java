package org.bittern.tinytorrent.internal;

import java.util.Optional;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.TorrentError;

/**
 * An event of the protocol.
 *
 * @param torrent number of the torrent that clients must know first; 0: none
 * @param text the whole message
 */
record Notice(int torrent, String text) {
    /** Codes of {@code error}. */
    private static final int GENERIC = 1;

    private static final int DISK = 2;
    private static final int DISK_FULL = 3;
    private static final int TRACKER = 5;

    /** The process ends. */
    static final Notice SHUTDOWN = of("app-shutdown", "null");

    /** The engine has gone; another may come. */
    static final Notice NO_ENGINE = error(0, GENERIC, "engine unavailable");

    /** What clients are told of an event of the engine; most of them they see in patches. */
    static Optional<Notice> of(EngineEvent event) {
        return switch (event) {
            case EngineEvent.Added added -> Optional.of(ofTorrent("torrent-added", added.number()));
            case EngineEvent.Finished finished ->
                    Optional.of(ofTorrent("torrent-finished", finished.number()));
            case EngineEvent.BlocklistUpdated updated ->
                    Optional.of(of("blocklist-updated", "{\"count\":" + updated.rules() + "}"));
            case EngineEvent.Failed failed ->
                    Optional.of(
                            error(
                                    failed.number(),
                                    code(failed.error().kind()),
                                    failed.error().message()));
            case EngineEvent.Removed _,
                    EngineEvent.MetadataReceived _,
                    EngineEvent.StateChanged _,
                    EngineEvent.Changed _,
                    EngineEvent.SeedLimitReached _,
                    EngineEvent.QueueChanged _,
                    EngineEvent.PoliciesChanged _,
                    EngineEvent.SettingsChanged _,
                    EngineEvent.Missed _ ->
                    Optional.empty();
        };
    }

    /** Something that went wrong beside the engine. */
    static Notice problem(String message) {
        return error(0, GENERIC, message);
    }

    private static int code(TorrentError.Kind kind) {
        return switch (kind) {
            case DISK_FULL -> DISK_FULL;
            case DISK_ERROR, STORE_MISSING -> DISK;
            case TRACKER_WARNING, TRACKER_ERROR -> TRACKER;
            case METADATA, INTERNAL -> GENERIC;
        };
    }

    private static Notice ofTorrent(String event, int number) {
        return new Notice(number, message(event, "{\"id\":" + number + "}"));
    }

    private static Notice error(int torrent, int code, String message) {
        String id = torrent == 0 ? "" : ",\"id\":" + torrent;
        String data = "{\"message\":" + Json.quoted(message) + ",\"code\":" + code + id + "}";
        return new Notice(torrent, message("error", data));
    }

    private static Notice of(String event, String data) {
        return new Notice(0, message(event, data));
    }

    private static String message(String event, String data) {
        return "{\"type\":\"event\",\"event\":\"" + event + "\",\"data\":" + data + "}";
    }
}
