package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands that do one thing to torrents and say nothing. */
@Command
final class ActionCommand extends RemoteCommand {
    /** What is done. */
    enum Action {
        START("start", "torrent-start", "Starts torrents, as far as the queue lets them."),
        START_NOW("startnow", "torrent-start-now", "Starts torrents past the queue."),
        STOP("stop", "torrent-stop", "Stops torrents."),
        VERIFY("verify", "torrent-verify", "Checks the files of torrents."),
        ANNOUNCE("announce", "torrent-reannounce", "Asks the trackers for peers now.");

        private final String word;
        private final String method;
        private final String description;

        Action(String word, String method, String description) {
            this.word = word;
            this.method = method;
            this.description = description;
        }

        /** What a person types. */
        String word() {
            return word;
        }
    }

    private final Action action;

    @Parameters(arity = "1..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    ActionCommand(Remote remote, Action action) {
        super(remote);
        this.action = action;
    }

    @Override
    CommandLine line() {
        CommandLine line = super.line();
        line.getCommandSpec().name(action.word).usageMessage().description(action.description);
        return line;
    }

    @Override
    int run(Rpc rpc) {
        ObjectNode arguments = TorrentChoice.put(Rpc.arguments(), TorrentChoice.ids(rpc, torrents));
        rpc.call(action.method, arguments);
        return 0;
    }
}
