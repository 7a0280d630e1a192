package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peers}: who a torrent is connected to. */
@Command(name = "peers", description = "Shows who a torrent is connected to.")
final class PeersCommand extends RemoteCommand {
    @Parameters(paramLabel = "TORRENT", description = "One torrent.")
    private String torrent = "";

    @Option(names = "--json", description = "As a JSON array, with the fields of the RPC.")
    private boolean json;

    PeersCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        long id = TorrentChoice.id(rpc, torrent);
        JsonNode peers =
                TorrentChoice.get(rpc, List.of(id), "peers").path("torrents").path(0).path("peers");
        if (json) {
            sayJson(peers);
            return 0;
        }
        Table table = new Table(">DONE", ">DOWN", ">UP", "FLAGS", "CLIENT", "ADDRESS");
        for (JsonNode peer : peers) {
            table.add(
                    TorrentText.percent(peer.path("progress")),
                    TorrentText.rate(peer.path("rateToClient").asLong()),
                    TorrentText.rate(peer.path("rateToPeer").asLong()),
                    Printable.line(peer.path("flagStr").asText()),
                    Printable.line(peer.path("clientName").asText()),
                    Printable.line(peer.path("address").asText())
                            + " "
                            + peer.path("port").asInt());
        }
        say(table);
        return 0;
    }
}
