package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rm}: takes torrents out of the daemon. */
@Command(name = "rm", description = "Removes torrents from the daemon; their files stay.")
final class RemoveCommand extends RemoteCommand {
    @Parameters(arity = "1..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(names = "--files", description = "Delete their files too.")
    private boolean files;

    RemoveCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        ObjectNode arguments = TorrentChoice.put(Rpc.arguments(), TorrentChoice.ids(rpc, torrents));
        arguments.put("delete-local-data", files);
        rpc.call("torrent-remove", arguments);
        return 0;
    }
}
