package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trackers}: shows or changes the trackers of a torrent. */
@Command(name = "trackers", description = "Shows or changes the trackers of a torrent.")
final class TrackersCommand extends RemoteCommand {
    @Parameters(paramLabel = "TORRENT", description = "One torrent.")
    private String torrent = "";

    @Option(names = "--add", paramLabel = "URL", description = "Add a tracker.")
    private List<String> added = new ArrayList<>();

    @Option(names = "--remove", paramLabel = "URL", description = "Remove a tracker.")
    private List<String> removed = new ArrayList<>();

    @Option(names = "--json", description = "As a JSON array: trackerStats of the RPC.")
    private boolean json;

    TrackersCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        List<Long> id = List.of(TorrentChoice.id(rpc, torrent));
        JsonNode trackers =
                TorrentChoice.get(rpc, id, "trackerStats")
                        .path("torrents")
                        .path(0)
                        .path("trackerStats");
        if (!added.isEmpty() || !removed.isEmpty()) {
            ObjectNode arguments = TorrentChoice.put(Rpc.arguments(), id);
            if (!added.isEmpty()) {
                ArrayNode urls = arguments.putArray("trackerAdd");
                added.forEach(urls::add);
            }
            if (!removed.isEmpty()) {
                ArrayNode numbers = arguments.putArray("trackerRemove");
                removed.forEach(url -> numbers.add(number(trackers, url)));
            }
            rpc.call("torrent-set", arguments);
        } else if (json) {
            sayJson(trackers);
        } else {
            show(trackers);
        }
        return 0;
    }

    private static long number(JsonNode trackers, String url) {
        for (JsonNode tracker : trackers) {
            if (tracker.path("announce").asText().equals(url)) {
                return tracker.path("id").asLong();
            }
        }
        throw new CommandFailure("it has no tracker " + url);
    }

    private void show(JsonNode trackers) {
        Table table = new Table(">TIER", ">SEEDS", ">LEECHERS", "LAST ANSWER", "URL");
        for (JsonNode tracker : trackers) {
            table.add(
                    tracker.path("tier").asText(),
                    count(tracker.path("seederCount")),
                    count(tracker.path("leecherCount")),
                    tracker.path("hasAnnounced").asBoolean()
                            ? Printable.line(tracker.path("lastAnnounceResult").asText())
                            : "",
                    Printable.line(tracker.path("announce").asText()));
        }
        say(table);
    }

    private static String count(JsonNode number) {
        return number.asLong(-1) < 0 ? "" : number.asText();
    }
}
