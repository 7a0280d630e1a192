package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.terminal.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code move}: another place for the files of torrents. */
@Command(
        name = "move",
        description = "Moves the files of torrents. The daemon goes on with it after the answer.")
final class MoveCommand extends RemoteCommand {
    @Parameters(
            arity = "2..*",
            paramLabel = "TORRENT… DIR",
            description = "Torrents as elsewhere, then the directory on the daemon's machine.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--found", description = "The files are there already: move nothing.")
    private boolean found;

    MoveCommand(Remote remote) {
        super(remote);
    }

    @Override
    void check() {
        if (words.getLast().isBlank()) {
            throw new CommandFailure("the directory is empty", null, CommandFailure.EXIT_USAGE);
        }
    }

    @Override
    int run(Rpc rpc) {
        List<Long> ids = TorrentChoice.ids(rpc, words.subList(0, words.size() - 1));
        ObjectNode arguments = TorrentChoice.put(Rpc.arguments(), ids);
        arguments.put("location", DaemonPath.of(words.getLast(), rpc.place()));
        arguments.put("move", !found);
        rpc.call("torrent-set-location", arguments);
        return 0;
    }
}
