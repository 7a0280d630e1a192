package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.terminal.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code watch}: shows how torrents get on, live where a person is watching. It polls, as every
 * daemon can be polled: all torrents first, then those that were active of late.
 */
@Command(
        name = "watch",
        description =
                "Shows how torrents get on, until it is stopped. On a terminal the picture is drawn"
                        + " over itself; elsewhere there is a line for each change of state or"
                        + " percent.")
final class WatchCommand extends RemoteCommand {
    private static final double LONGEST_INTERVAL_SECONDS = 30;
    private static final double SHORTEST_INTERVAL_SECONDS = 0.1;
    private static final int MILLIS_PER_SECOND = 1000;

    /** One poll in so many asks for all: what was active a minute ago is told no more. */
    private static final int ALL_EVERY = 20;

    private static final int DEFAULT_ROWS = 24;

    @Parameters(arity = "0..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(
            names = "--until-done",
            description =
                    "End with 0 when all of them are complete, with 1 when one fails or is removed.")
    private boolean untilDone;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Between two looks, 0.1 to 30. Default: 1.")
    private double intervalSeconds = 1;

    @Option(
            names = "--json",
            description = "One JSON object a line for each look that shows a change.")
    private boolean json;

    WatchCommand(Remote remote) {
        super(remote);
    }

    @Override
    void check() {
        if (!(intervalSeconds >= SHORTEST_INTERVAL_SECONDS
                && intervalSeconds <= LONGEST_INTERVAL_SECONDS)) {
            throw new CommandFailure(
                    "--interval takes 0.1 to 30 seconds", null, CommandFailure.EXIT_USAGE);
        }
    }

    @Override
    int run(Rpc rpc) {
        List<Long> ids = torrents.isEmpty() ? List.of() : TorrentChoice.ids(rpc, torrents);
        TorrentBook book = new TorrentBook(ids);
        try (WatchView view = view()) {
            for (int look = 0; ; look++) {
                boolean all = look % ALL_EVERY == 0;
                JsonNode answer = all ? everything(rpc, ids) : recent(rpc);
                TorrentBook.Changes changes = all ? book.all(answer) : book.recent(answer);
                view.show(book.torrents(), changes);
                if (terminal().lostResults()) {
                    return CommandFailure.EXIT_FAILURE; // nobody looks any more
                }
                if (untilDone && isDone(book, changes)) {
                    return 0;
                }
                if (remote().stop().within(Math.round(intervalSeconds * MILLIS_PER_SECOND))) {
                    return 0;
                }
            }
        }
    }

    private static JsonNode everything(Rpc rpc, List<Long> ids) {
        return TorrentChoice.get(rpc, ids, TorrentText.FIELDS);
    }

    private static JsonNode recent(Rpc rpc) {
        ObjectNode arguments = Rpc.arguments();
        arguments.put("ids", "recently-active");
        for (String field : TorrentText.FIELDS) {
            arguments.withArray("fields").add(field);
        }
        return rpc.call("torrent-get", arguments);
    }

    private boolean isDone(TorrentBook book, TorrentBook.Changes changes) {
        if (!changes.removed().isEmpty()) {
            throw new CommandFailure("torrent " + changes.removed().getFirst() + " was removed");
        }
        List<TorrentText> all = book.torrents();
        if (all.isEmpty()) {
            throw new CommandFailure("there is no torrent to wait for");
        }
        all.stream()
                .filter(TorrentText::hasFailed)
                .findFirst()
                .ifPresent(torrent -> {
                    throw new CommandFailure(torrent.name() + ": " + torrent.error());
                });
        return all.stream().allMatch(TorrentText::isComplete);
    }

    private WatchView view() {
        if (json) {
            return new WatchView.Json(terminal());
        }
        return terminal().interactive()
                ? new WatchView.Screen(terminal(), rows())
                : new WatchView.Lines(terminal());
    }

    /** The launcher's script asks the terminal and leaves the answer in the environment. */
    private int rows() {
        String lines = remote().environment().getOrDefault("LINES", "");
        return lines.matches("[1-9]\\d{0,3}") ? Integer.parseInt(lines) : DEFAULT_ROWS;
    }
}
