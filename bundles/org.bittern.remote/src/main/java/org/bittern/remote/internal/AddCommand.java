package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code add}: gives torrents to the daemon. Torrent files are read here and sent. */
@Command(
        name = "add",
        description =
                "Adds torrents to a running daemon. Files are read here and sent; URLs of torrent"
                        + " files are fetched by the daemon.")
final class AddCommand extends RemoteCommand {
    /** Largest torrent file, in bytes; the daemon takes none that is larger. */
    private static final int MAX_TORRENT_BYTES = 10_000_000;

    @Parameters(
            arity = "1..*",
            paramLabel = "LINK|FILE",
            description = "Torrent files, magnet links or http(s) URLs of torrent files.")
    private List<String> sources = new ArrayList<>();

    @Option(
            names = "--dir",
            paramLabel = "D",
            description = "Where files go, on the daemon's machine. Default: its download-dir.")
    private String directory = "";

    @Option(names = "--paused", description = "Do not start it.")
    private boolean paused;

    @Option(names = "--sequential", description = "Pieces in order, to look at it meanwhile.")
    private boolean sequential;

    @Option(
            names = "--label",
            split = ",",
            paramLabel = "L",
            description = "Labels, several with commas.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--json",
            description = "Tell the outcome as a JSON array: id, name, hashString, duplicate.")
    private boolean json;

    AddCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        ArrayNode outcomes = JsonNodeFactory.instance.arrayNode();
        boolean failed = false;
        for (String source : sources) {
            try {
                outcomes.add(add(rpc, source));
            } catch (CommandFailure e) {
                if (sources.size() == 1 || e.exitCode() == DaemonPlace.EXIT_NO_DAEMON) {
                    throw e;
                }
                // The others may be right.
                terminal().complain(String.valueOf(e.getMessage()));
                failed = true;
            }
        }
        if (json) {
            sayJson(outcomes);
        }
        return failed ? CommandFailure.EXIT_FAILURE : 0;
    }

    private ObjectNode add(Rpc rpc, String source) {
        ObjectNode arguments = Rpc.arguments();
        if (isLink(source)) {
            arguments.put("filename", source);
        } else {
            arguments.put("metainfo", Base64.getEncoder().encodeToString(file(source)));
        }
        if (!directory.isEmpty()) {
            arguments.put("download-dir", DaemonPath.of(directory, rpc.place()));
        }
        if (paused) {
            arguments.put("paused", true);
        }
        if (sequential) {
            arguments.put("sequential_download", true);
        }
        if (!labels.isEmpty()) {
            ArrayNode names = arguments.putArray("labels");
            labels.forEach(names::add);
        }
        JsonNode answer;
        try {
            answer = rpc.call("torrent-add", arguments);
        } catch (CommandFailure e) {
            throw new CommandFailure(shortened(source) + ": " + e.getMessage(), e, e.exitCode());
        }
        boolean duplicate = answer.has("torrent-duplicate");
        JsonNode torrent = answer.path(duplicate ? "torrent-duplicate" : "torrent-added");
        if (!json) {
            terminal()
                    .say(
                            "%s %d  %s"
                                    .formatted(
                                            duplicate ? "there already:" : "added:",
                                            torrent.path("id").asLong(),
                                            Printable.line(torrent.path("name").asText())));
        }
        ObjectNode outcome = Rpc.arguments();
        outcome.set("id", torrent.path("id"));
        outcome.set("name", torrent.path("name"));
        outcome.set("hashString", torrent.path("hashString"));
        outcome.put("duplicate", duplicate);
        return outcome;
    }

    private static boolean isLink(String source) {
        String lower = source.toLowerCase(Locale.ROOT);
        return lower.startsWith("magnet:")
                || lower.startsWith("http://")
                || lower.startsWith("https://");
    }

    /** A magnet link with its trackers would fill the screen. */
    private static String shortened(String source) {
        final int longest = 80;
        return source.length() <= longest ? source : source.substring(0, longest) + "…";
    }

    private static byte[] file(String source) {
        try (InputStream in = Files.newInputStream(Path.of(source))) {
            byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
            if (bytes.length > MAX_TORRENT_BYTES) {
                throw new CommandFailure(
                        source + ": more than " + MAX_TORRENT_BYTES + " bytes, no torrent");
            }
            return bytes;
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new CommandFailure(source + ": no such file", e);
        } catch (IOException e) {
            throw new CommandFailure(source + ": cannot be read", e);
        }
    }
}
