package org.bittern.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.concurrent.Callable;
import org.bittern.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One command to a running daemon: finds the daemon, does its work, hangs up. */
@Command(mixinStandardHelpOptions = true)
abstract class RemoteCommand implements Callable<Integer> {
    /** How torrents are named in every command. */
    static final String TORRENTS =
            "Torrents: numbers and ranges (1,4-7), info-hashes or their beginnings, names, or all.";

    private final Remote remote;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The daemon, such as http://nas:9091. Default: $BITTERN_URL, else the one that"
                            + " runs on the data directory (--data DIR).")
    private String url = "";

    RemoteCommand(Remote remote) {
        this.remote = remote;
    }

    /** As picocli wants it; a command with words of its own adds them here. */
    CommandLine line() {
        return new CommandLine(this);
    }

    @Override
    public final Integer call() {
        check();
        try (Rpc rpc = new Rpc(DaemonPlace.find(url, remote))) {
            return run(rpc);
        }
    }

    /** Looks at what was typed, before the daemon is looked for. */
    void check() {
        // most commands cannot be typed wrong in a way that picocli does not see
    }

    /**
     * Does the work.
     *
     * @return exit code
     */
    abstract int run(Rpc rpc);

    final Remote remote() {
        return remote;
    }

    final Terminal terminal() {
        return remote.terminal();
    }

    /** A result for programs. */
    final void sayJson(JsonNode result) {
        try {
            terminal()
                    .say(
                            new ObjectMapper()
                                    .enable(SerializationFeature.INDENT_OUTPUT)
                                    .writeValueAsString(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    /** A table for people. */
    final void say(Table table) {
        List<String> lines = table.lines();
        lines.forEach(terminal()::say);
    }
}
