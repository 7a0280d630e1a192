package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stats}: what the daemon is and has done. */
@Command(name = "stats", description = "Tells what the daemon is and has done.")
final class StatsCommand extends RemoteCommand {
    @Option(names = "--json", description = "As one JSON object: session-stats of the RPC.")
    private boolean json;

    StatsCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        JsonNode stats = rpc.call("session-stats");
        if (json) {
            sayJson(stats);
            return 0;
        }
        JsonNode session = rpc.call("session-get");
        String directory = session.path("download-dir").asText();
        ObjectNode where = Rpc.arguments();
        where.put("path", directory);
        JsonNode now = stats.path("current-stats");
        JsonNode ever = stats.path("cumulative-stats");
        Sheet sheet = new Sheet();
        sheet.add("daemon", Printable.line(session.path("version").asText()));
        sheet.add("at", rpc.place().rpc().toString());
        sheet.add("peer port", session.path("peer-port").asText());
        sheet.add(
                "torrents",
                "%s, %s active, %s stopped"
                        .formatted(
                                stats.path("torrentCount").asText(),
                                stats.path("activeTorrentCount").asText(),
                                stats.path("pausedTorrentCount").asText()));
        sheet.add("down", Printable.bytes(stats.path("downloadSpeed").asLong()) + "/s");
        sheet.add("up", Printable.bytes(stats.path("uploadSpeed").asLong()) + "/s");
        sheet.add("since the start", moved(now));
        sheet.add("ever", moved(ever));
        sheet.add("running for", Printable.duration(now.path("secondsActive").asLong()));
        sheet.add("download-dir", Printable.line(directory) + ", " + free(rpc, where));
        sheet.lines().forEach(terminal()::say);
        return 0;
    }

    private static String moved(JsonNode stats) {
        return "%s down, %s up"
                .formatted(
                        Printable.bytes(stats.path("downloadedBytes").asLong()),
                        Printable.bytes(stats.path("uploadedBytes").asLong()));
    }

    /** The directory may not be there before the first torrent. */
    private static String free(Rpc rpc, ObjectNode where) {
        try {
            long free = rpc.call("free-space", where).path("size-bytes").asLong();
            return Printable.bytes(free) + " free";
        } catch (CommandFailure e) {
            return String.valueOf(e.getMessage());
        }
    }
}
