package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}: the torrents, one a line. */
@Command(name = "ls", description = "Lists the torrents of a running daemon.")
final class ListCommand extends RemoteCommand {
    @Parameters(arity = "0..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(names = "--json", description = "As a JSON array, with the fields of the RPC.")
    private boolean json;

    ListCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        List<Long> ids = torrents.isEmpty() ? List.of() : TorrentChoice.ids(rpc, torrents);
        JsonNode found = TorrentChoice.get(rpc, ids, TorrentText.FIELDS).path("torrents");
        if (json) {
            sayJson(found);
            return 0;
        }
        if (found.isEmpty()) {
            terminal().remark("no torrents");
            return 0;
        }
        Table table =
                new Table(
                        ">ID", ">DONE", ">SIZE", ">DOWN", ">UP", ">RATIO", ">ETA", "STATE", "NAME");
        long down = 0;
        long up = 0;
        for (JsonNode one : found) {
            TorrentText torrent = new TorrentText(one);
            table.add(
                    String.valueOf(torrent.id()),
                    torrent.done(),
                    torrent.size(),
                    torrent.down(),
                    torrent.up(),
                    torrent.ratio(),
                    torrent.eta(),
                    torrent.state(),
                    torrent.name() + (torrent.error().isEmpty() ? "" : "  ! " + torrent.error()));
            down += one.path("rateDownload").asLong();
            up += one.path("rateUpload").asLong();
        }
        say(table);
        terminal()
                .remark(
                        "%d torrent%s, down %s/s, up %s/s"
                                .formatted(
                                        found.size(),
                                        found.size() == 1 ? "" : "s",
                                        Printable.bytes(down),
                                        Printable.bytes(up)));
        return 0;
    }
}
