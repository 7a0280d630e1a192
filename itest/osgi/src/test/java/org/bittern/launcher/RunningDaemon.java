package org.bittern.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** A daemon on loopback and on free ports, which is listening, with ways to speak to it. */
final class RunningDaemon implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("bittern.home"));
    static final Duration SOON = Duration.ofSeconds(60);

    private final Path data;
    private final RunningRuntime runtime;
    private final URI root;

    /**
     * Starts it.
     *
     * @param work a directory of the test's own, whose path is short: a socket lies in it
     * @param more what is typed behind the ports
     */
    RunningDaemon(Path work, String... more) throws Exception {
        data = Files.createDirectories(work.resolve("data"));
        Files.writeString(
                data.resolve("settings.json"),
                """
                {"bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "dht-enabled": false,
                 "lpd-enabled": false, "port-forwarding-enabled": false, "peer-port": 0}
                """);
        runtime = RunningRuntime.daemon(work, data, 0, more);
        root = DaemonClient.of(data).root();
    }

    RunningRuntime runtime() {
        return runtime;
    }

    Bundle bundle(String name) {
        return runtime.bundle(name);
    }

    /** The jar that was built. */
    static Path jar(String name) {
        return HOME.resolve("bundles").resolve(name + "-0.1.0.jar");
    }

    /** Status and body of what a path answers. */
    String get(String path) throws IOException {
        HttpURLConnection call = (HttpURLConnection) root.resolve(path).toURL().openConnection();
        int code = call.getResponseCode();
        try (InputStream body =
                code < HttpURLConnection.HTTP_BAD_REQUEST
                        ? call.getInputStream()
                        : call.getErrorStream()) {
            InputStream all = body == null ? new ByteArrayInputStream(new byte[0]) : body;
            return code + " " + new String(all.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Answer of the local control channel: 0 or 1, then text. */
    String control(String... words) throws IOException {
        return control(data, words);
    }

    /** The same of any runtime on this data directory. */
    static String control(Path data, String... words) throws IOException {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(data.resolve("control/socket"));
        try (SocketChannel channel = SocketChannel.open(socket);
                OutputStream out = Channels.newOutputStream(channel);
                InputStream in = Channels.newInputStream(channel)) {
            out.write((String.join("\u001f", words) + "\n").getBytes(StandardCharsets.UTF_8));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Override
    public void close() throws BundleException {
        runtime.close();
    }
}
