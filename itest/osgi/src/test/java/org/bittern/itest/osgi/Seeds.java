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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/**
 * A process with real libtorrent peers that have a file: one that speaks TCP, one that speaks uTP.
 */
public final class Seeds implements AutoCloseable {
    private static final int PEERS = 2;
    private static final int END_SECONDS = 20;

    private final Path directory;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    /**
     * Begins.
     *
     * @param bytesPerSecond of all peers together, until {@link #lift}
     * @param seed of the content
     */
    public Seeds(long bytes, long bytesPerSecond, long seed) throws IOException {
        directory = Files.createTempDirectory("seeds");
        Path script =
                Path.of(System.getProperty("bittern.root"), "itest/osgi/src/test/python/seeds.py");
        process =
                new ProcessBuilder(
                                // Debian's own, for which the bindings are built
                                "/usr/bin/python3",
                                script.toString(),
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
            throw new IOException("the seeds have ended");
        }
        return line;
    }

    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** A request to download what they have. */
    public AddTorrent request() throws IOException, MetainfoException {
        byte[] bytes = Files.readAllBytes(torrent());
        return AddTorrent.file(Metainfo.parse(bytes), bytes);
    }

    /** A link that names them. */
    public String magnet() throws IOException, MetainfoException {
        Metainfo metainfo = Metainfo.parse(Files.readAllBytes(torrent()));
        StringBuilder link = new StringBuilder("magnet:?xt=urn:btih:" + metainfo.infoHash().hex());
        addresses.forEach(peer -> link.append("&x.pe=127.0.0.1:").append(peer.getPort()));
        return link.toString();
    }

    /** The torrent file. */
    public Path torrent() {
        return directory.resolve("content.torrent");
    }

    /** What they have. */
    public Path content() {
        return directory.resolve("content");
    }

    /** As fast as they can from now on. */
    public void lift() throws IOException {
        tell("lift");
    }

    /** Payload that they have sent, all together. */
    public long sentBytes() throws IOException {
        tell("sent");
        return Long.parseLong(answer());
    }

    private void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        for (String name : List.of("content", "content.torrent")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
    }
}
