package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code files}: shows the files of a torrent, or chooses among them. */
@Command(
        name = "files",
        description = {
            "Shows the files of a torrent, or chooses among them.",
            "LIST is numbers of the first column with commas and ranges (0,3-5), or all."
        })
final class FilesCommand extends RemoteCommand {
    private static final int PERCENT = 100;

    @Parameters(paramLabel = "TORRENT", description = "One torrent.")
    private String torrent = "";

    @Option(names = "--get", paramLabel = "LIST", description = "Download these.")
    private String wanted = "";

    @Option(names = "--skip", paramLabel = "LIST", description = "Do not download these.")
    private String unwanted = "";

    @Option(names = "--only", paramLabel = "LIST", description = "Download these and no others.")
    private String only = "";

    @Option(names = "--high", paramLabel = "LIST", description = "These first.")
    private String high = "";

    @Option(names = "--normal", paramLabel = "LIST", description = "These as usual.")
    private String normal = "";

    @Option(names = "--low", paramLabel = "LIST", description = "These last.")
    private String low = "";

    @Option(
            names = "--json",
            description = "As a JSON array: index, name, length, bytesCompleted, wanted, priority.")
    private boolean json;

    FilesCommand(Remote remote) {
        super(remote);
    }

    @Override
    void check() {
        if (!only.isEmpty() && !(wanted + unwanted).isEmpty()) {
            throw new CommandFailure(
                    "--only says it all: no --get or --skip beside it",
                    null,
                    CommandFailure.EXIT_USAGE);
        }
    }

    @Override
    int run(Rpc rpc) {
        List<Long> id = List.of(TorrentChoice.id(rpc, torrent));
        JsonNode found = TorrentChoice.get(rpc, id, "files", "fileStats").path("torrents").path(0);
        int count = found.path("files").size();
        ObjectNode choice = Rpc.arguments();
        if (!only.isEmpty()) {
            List<Integer> chosen = IndexList.parse(only, count);
            List<Integer> others = IndexList.parse("all", count);
            others.removeAll(chosen);
            put(choice, "files-wanted", chosen);
            put(choice, "files-unwanted", others);
        }
        put(choice, "files-wanted", parsed(wanted, count));
        put(choice, "files-unwanted", parsed(unwanted, count));
        put(choice, "priority-high", parsed(high, count));
        put(choice, "priority-normal", parsed(normal, count));
        put(choice, "priority-low", parsed(low, count));
        if (!choice.isEmpty()) {
            rpc.call("torrent-set", TorrentChoice.put(choice, id));
            return 0;
        }
        if (count == 0) {
            throw new CommandFailure("its files are not known yet: the metadata is still missing");
        }
        show(found);
        return 0;
    }

    private static List<Integer> parsed(String list, int count) {
        return list.isEmpty() ? List.of() : IndexList.parse(list, count);
    }

    /** An empty list would mean all files. */
    private static void put(ObjectNode choice, String name, List<Integer> indices) {
        if (!indices.isEmpty()) {
            ArrayNode numbers = choice.putArray(name);
            indices.forEach(numbers::add);
        }
    }

    private void show(JsonNode torrent) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        Table table = new Table(">FILE", ">DONE", ">SIZE", "PRIORITY", "PATH");
        for (int i = 0; i < torrent.path("files").size(); i++) {
            JsonNode file = torrent.path("files").path(i);
            JsonNode stats = torrent.path("fileStats").path(i);
            long length = file.path("length").asLong();
            long completed = stats.path("bytesCompleted").asLong();
            boolean isWanted = stats.path("wanted").asBoolean();
            int priority = stats.path("priority").asInt();
            table.add(
                    String.valueOf(i),
                    (length == 0 ? PERCENT : completed * PERCENT / length) + "%",
                    Printable.bytes(length),
                    isWanted ? priority < 0 ? "low" : priority > 0 ? "high" : "" : "skip",
                    Printable.line(file.path("name").asText()));
            ObjectNode one = all.addObject();
            one.put("index", i);
            one.put("name", file.path("name").asText());
            one.put("length", length);
            one.put("bytesCompleted", completed);
            one.put("wanted", isWanted);
            one.put("priority", priority);
        }
        if (json) {
            sayJson(all);
        } else {
            say(table);
        }
    }
}
