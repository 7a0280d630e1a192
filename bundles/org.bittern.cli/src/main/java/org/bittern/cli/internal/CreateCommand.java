package org.bittern.cli.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.bittern.api.engine.FileReason;
import org.bittern.metainfo.HostPort;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHashes;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import org.bittern.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create}: makes a torrent file. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "Makes a torrent of a file or directory.")
final class CreateCommand implements Callable<Integer> {
    private static final int BYTES_PER_KIBIBYTE = 1024;
    private static final int MAX_PORT = 65_535;
    private static final Set<String> TRACKER_SCHEMES = Set.of("http", "https", "udp");
    private static final Set<String> WEB_SCHEMES = Set.of("http", "https");

    private final Terminal terminal;
    private final String version;
    private final InstantSource clock;

    @Parameters(paramLabel = "PATH", description = "A file or directory.")
    private Path path = Path.of("");

    @Option(names = "-o", required = true, paramLabel = "OUT", description = "The torrent file.")
    private Path out = Path.of("");

    @Option(
            names = "--tracker",
            paramLabel = "U",
            description = "Announce URL; may be repeated, each is a tier of its own.")
    private List<String> trackers = new ArrayList<>();

    @Option(names = "--web-seed", paramLabel = "U", description = "URL of the data (BEP 19).")
    private List<String> webSeeds = new ArrayList<>();

    @Option(names = "--node", paramLabel = "HOST:PORT", description = "A DHT node (BEP 5).")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--piece-size",
            paramLabel = "KIB",
            description = "Piece length in KiB, a power of two from 16; default: by size.")
    private int pieceKibibytes;

    @Option(names = "--private", description = "Only trackers may name peers (BEP 27).")
    private boolean isPrivate;

    @Option(names = "--comment", paramLabel = "TEXT", description = "A remark for people.")
    private @Nullable String comment;

    @Option(
            names = "--source",
            paramLabel = "TEXT",
            description = "Makes another info-hash of the same data.")
    private @Nullable String sourceTag;

    @Option(names = "--no-date", description = "Leave out when it was made.")
    private boolean noDate;

    @Option(names = "--json", description = "Tell the outcome as JSON.")
    private boolean json;

    @ArgGroup private VersionChoice versions = new VersionChoice();

    /** At most one of three. Filled in by picocli. */
    static final class VersionChoice {
        @Option(names = "--v1", description = "For clients of all ages; the default.")
        private boolean v1;

        @Option(names = "--v2", description = "SHA-256 and hash trees (BEP 52) only.")
        private boolean v2;

        @Option(names = "--hybrid", description = "Both.")
        private boolean hybrid;

        TorrentVersion version() {
            if (hybrid) {
                return TorrentVersion.HYBRID;
            }
            return v2 && !v1 ? TorrentVersion.V2 : TorrentVersion.V1;
        }
    }

    CreateCommand(Terminal terminal, String version, InstantSource clock) {
        this.terminal = terminal;
        this.version = version;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        trackers.forEach(url -> requireUrl("--tracker", url, TRACKER_SCHEMES));
        webSeeds.forEach(url -> requireUrl("--web-seed", url, WEB_SCHEMES));
        Content content = Content.of(path);
        try {
            TorrentPlan plan =
                    content.plan(
                            Math.multiplyExact(pieceKibibytes, BYTES_PER_KIBIBYTE),
                            versions.version());
            PieceHashes hashes = content.hash(plan, terminal);
            byte[] bytes = builder(plan, hashes).build();
            Metainfo made = Metainfo.parse(bytes);
            write(bytes);
            report(made);
            return 0;
        } catch (MetainfoException | ArithmeticException e) {
            throw new CommandFailure(path + ": " + e.getMessage(), e);
        }
    }

    private TorrentBuilder builder(TorrentPlan plan, PieceHashes hashes) {
        TorrentBuilder builder =
                new TorrentBuilder(plan, hashes)
                        .trackers(trackers.stream().map(List::of).toList())
                        .webSeeds(webSeeds)
                        .nodes(nodes.stream().map(CreateCommand::node).toList())
                        .isPrivate(isPrivate)
                        .createdBy("Bittern " + version);
        if (comment != null) {
            builder.comment(comment);
        }
        if (sourceTag != null) {
            builder.source(sourceTag);
        }
        if (!noDate) {
            builder.creationDate(clock.instant());
        }
        return builder;
    }

    private static void requireUrl(String option, String text, Set<String> schemes) {
        boolean usable;
        try {
            URI url = new URI(text);
            usable =
                    url.getHost() != null
                            && url.getPort() <= MAX_PORT
                            && schemes.contains(url.getScheme().toLowerCase(Locale.ROOT));
        } catch (URISyntaxException _) {
            usable = false;
        }
        if (!usable) {
            throw new CommandFailure(
                    "%s %s: expected a URL of %s"
                            .formatted(option, text, String.join(", ", new TreeSet<>(schemes))),
                    null,
                    CommandFailure.EXIT_USAGE);
        }
    }

    private static HostPort node(String text) {
        return HostPort.parse(text)
                .orElseThrow(() -> new CommandFailure("--node " + text + ": expected HOST:PORT"));
    }

    private void write(byte[] bytes) {
        Path target = out.toAbsolutePath();
        try {
            if (Files.isDirectory(target)) {
                throw new CommandFailure(out + ": is a directory");
            }
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                Files.write(
                        target, bytes, StandardOpenOption.WRITE); // a pipe or a device stays one
            } else {
                replace(Files.exists(target) ? target.toRealPath() : target, bytes);
            }
        } catch (IOException e) {
            throw new CommandFailure(out + ": cannot be written: " + FileReason.of(e), e);
        }
    }

    /** Whole or not at all. */
    private static void replace(Path target, byte[] bytes) throws IOException {
        Path temporary =
                Files.createTempFile(
                        Optional.ofNullable(target.getParent()).orElse(target),
                        ".bittern-",
                        ".tmp");
        try {
            Files.write(temporary, bytes);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void report(Metainfo made) {
        String magnet = Magnet.of(made).format();
        if (json) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("file", out.toString());
            line.put("id", made.infoHash().hex());
            made.infoHash().v2().ifPresent(v2 -> line.put("v2", Facts.hex(v2)));
            line.put("pieces", made.pieces().pieceCount());
            line.put("piece_length", made.pieces().pieceLength());
            line.put("magnet", magnet);
            terminal.say(line.toString());
            return;
        }
        terminal.say(
                "%s: %d pieces of %s, %s"
                        .formatted(
                                out,
                                made.pieces().pieceCount(),
                                Printable.bytes(made.pieces().pieceLength()),
                                made.infoHash().hex()));
        terminal.say(magnet);
    }
}
