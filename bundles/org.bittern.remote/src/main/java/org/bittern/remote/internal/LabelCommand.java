package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code label}: shows or changes labels. */
@Command(name = "label", description = "Shows or changes the labels of torrents.")
final class LabelCommand extends RemoteCommand {
    @Parameters(arity = "1..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(names = "--add", split = ",", paramLabel = "L", description = "Add labels.")
    private List<String> added = new ArrayList<>();

    @Option(names = "--remove", split = ",", paramLabel = "L", description = "Remove labels.")
    private List<String> removed = new ArrayList<>();

    @Option(names = "--clear", description = "Remove those that are not added in the same call.")
    private boolean clear;

    LabelCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        List<Long> ids = TorrentChoice.ids(rpc, torrents);
        JsonNode found = TorrentChoice.get(rpc, ids, "id", "name", "labels").path("torrents");
        if (added.isEmpty() && removed.isEmpty() && !clear) {
            show(found);
            return 0;
        }
        for (JsonNode torrent : found) {
            Set<String> labels = new LinkedHashSet<>();
            if (!clear) {
                torrent.path("labels").forEach(label -> labels.add(label.asText()));
            }
            labels.removeAll(removed);
            labels.addAll(added);
            ObjectNode arguments =
                    TorrentChoice.put(Rpc.arguments(), List.of(torrent.path("id").asLong()));
            ArrayNode names = arguments.putArray("labels");
            labels.forEach(names::add);
            rpc.call("torrent-set", arguments);
        }
        return 0;
    }

    private void show(JsonNode found) {
        Table table = new Table(">ID", "NAME", "LABELS");
        for (JsonNode torrent : found) {
            List<String> labels = new ArrayList<>();
            torrent.path("labels").forEach(label -> labels.add(Printable.line(label.asText())));
            table.add(
                    torrent.path("id").asText(),
                    Printable.line(torrent.path("name").asText()),
                    String.join(", ", labels));
        }
        say(table);
    }
}
