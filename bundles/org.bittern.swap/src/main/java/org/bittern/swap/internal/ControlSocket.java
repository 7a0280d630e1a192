package org.bittern.swap.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix domain socket that only its user can open: one command and one answer a connection.
 *
 * <p>A request is words with U+001F between them and a line feed at the end. The answer is a line
 * with 0 (done) or 1 (refused), then text up to the end of the connection. Its threads come from
 * here; {@link #close} may be called by any.
 */
final class ControlSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);

    private static final String SEPARATOR = "\u001f";
    private static final int MAX_REQUEST_BYTES = 16 << 10;
    private static final int MAX_CONNECTIONS = 8;

    /** How long nobody is let in after that failed: files may be free again by then. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What a request is answered with. */
    interface Commands {
        String run(List<String> words) throws Refusal;
    }

    /** How the next client is let in. */
    interface Door {
        SocketChannel next(ServerSocketChannel server) throws IOException;
    }

    private final Path file;
    private final ServerSocketChannel server;
    private final Door door;
    private final Commands commands;
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);

    private ControlSocket(Path file, ServerSocketChannel server, Door door, Commands commands) {
        this.file = file;
        this.server = server;
        this.door = door;
        this.commands = commands;
    }

    /**
     * Begins to listen.
     *
     * @param folder made if it is not there, as are those above it; nobody but the user may look
     *     into it, so that the socket in it is out of reach from its first moment
     * @throws IOException also if another process listens there
     */
    static ControlSocket open(Path folder, Commands commands) throws IOException {
        return open(folder, ServerSocketChannel::accept, commands);
    }

    static ControlSocket open(Path folder, Door door, Commands commands) throws IOException {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
        // Those above it, too: whoever comes first makes the data directory.
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(owner));
        Files.setPosixFilePermissions(folder, owner);
        Path file = folder.resolve("socket");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(file);
        if (Files.exists(file)) {
            if (isAlive(address)) {
                throw new IOException("another process listens at " + file);
            }
            Files.delete(file);
        }
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(address);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        ControlSocket socket = new ControlSocket(file, server, door, commands);
        Thread.ofVirtual().name("bt-control").start(socket::accept);
        return socket;
    }

    private static boolean isAlive(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(address)) {
            return probe.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private void accept() {
        try {
            while (true) {
                connections.acquire();
                SocketChannel client = next();
                Thread.ofVirtual().name("bt-control-command").start(() -> answer(client));
            }
        } catch (ClosedChannelException _) {
            // closed by close()
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a client, also while the process has no file left for it. */
    private SocketChannel next() throws ClosedChannelException, InterruptedException {
        while (true) {
            try {
                return door.next(server);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                log.warn("a command could not come in: {}", e.getMessage());
                Thread.sleep(PAUSE);
            }
        }
    }

    private void answer(SocketChannel client) {
        try (client;
                InputStream in = Channels.newInputStream(client);
                OutputStream out = Channels.newOutputStream(client)) {
            String answer;
            try {
                answer = "0\n" + commands.run(words(in)) + "\n";
            } catch (Refusal e) {
                answer = "1\n" + e.getMessage() + "\n";
            }
            out.write(answer.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.debug("a client of the control socket has gone", e);
        } finally {
            connections.release();
        }
    }

    private static List<String> words(InputStream in) throws IOException, Refusal {
        byte[] line = new byte[MAX_REQUEST_BYTES];
        int length = 0;
        while (length < line.length) {
            int next = in.read();
            if (next == '\n') {
                String text = new String(line, 0, length, StandardCharsets.UTF_8);
                return List.of(text.split(SEPARATOR, -1));
            }
            if (next < 0) {
                throw new Refusal("the request does not end with a line feed");
            }
            line[length++] = (byte) next;
        }
        throw new Refusal("the request has more than " + MAX_REQUEST_BYTES + " bytes");
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("cannot remove {}: {}", file, e.getMessage());
        }
    }
}
