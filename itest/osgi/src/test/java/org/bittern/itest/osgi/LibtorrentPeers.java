package org.bittern.itest.osgi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** A process with real libtorrent peers of one file: one that speaks TCP, one that speaks uTP. */
abstract sealed class LibtorrentPeers implements AutoCloseable permits Seeds, Leeches {
    static final int PEERS = 2;

    private static final int END_SECONDS = 20;

    private final Path directory;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    /**
     * Begins.
     *
     * @param role seed or leech
     * @param bytesPerSecond of all peers together, until {@link #lift}
     * @param seed of the content
     */
    LibtorrentPeers(String role, long bytes, long bytesPerSecond, long seed) throws IOException {
        directory = Files.createTempDirectory("peers");
        Path script =
                Path.of(System.getProperty("bittern.root"), "itest/osgi/src/test/python/peers.py");
        process =
                new ProcessBuilder(
                                // Debian's own, for which the bindings are built
                                "/usr/bin/python3",
                                script.toString(),
                                role,
                                directory.toString(),
                                Long.toString(bytes),
                                Long.toString(bytesPerSecond),
                                Long.toString(seed))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
        for (int peer = 0; peer < PEERS; peer++) {
            int port = Integer.parseInt(answer());
            addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the peers have ended");
        }
        return line;
    }

    public final List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** A request to add the torrent. */
    public final AddTorrent request() throws IOException, MetainfoException {
        byte[] bytes = Files.readAllBytes(torrent());
        return AddTorrent.file(Metainfo.parse(bytes), bytes);
    }

    /** The torrent file. */
    public final Path torrent() {
        return directory.resolve("content.torrent");
    }

    /** The file, whole. */
    public final Path content() {
        return directory.resolve("content");
    }

    /** As fast as they can from now on. */
    public final void lift() throws IOException {
        tell("lift");
    }

    /** Asks for a number. */
    final long ask(String question) throws IOException {
        tell(question);
        return Long.parseLong(answer());
    }

    /** Where all their files are. */
    final Path directory() {
        return directory;
    }

    private void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    @Override
    public final void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
