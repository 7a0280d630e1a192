package org.bittern.remote.internal;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code queue}: another place in the queue. */
@Command(name = "queue", description = "Moves torrents in the queue.")
final class QueueCommand extends RemoteCommand {
    /** Where to; the names are what a person types. */
    enum Place {
        top,
        up,
        down,
        bottom
    }

    @Parameters(index = "0", paramLabel = "top|up|down|bottom", description = "Where to.")
    private Place place = Place.top;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    QueueCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        rpc.call(
                "queue-move-" + place.name(),
                TorrentChoice.put(Rpc.arguments(), TorrentChoice.ids(rpc, torrents)));
        return 0;
    }
}
