package org.bittern.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tracker and a web seed on loopback that count what they are asked. The web seed answers only
 * when it is allowed to.
 */
final class LoopbackServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("(?i)range: bytes=(\\d+)-(\\d+)");

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Path content;
    private final AtomicInteger announces = new AtomicInteger();
    private final AtomicInteger parts = new AtomicInteger();
    private final Semaphore allowed = new Semaphore(0);

    /**
     * Listens.
     *
     * @param content what the web seed has
     */
    LoopbackServer(Path content) throws IOException {
        this.content = content;
        Thread.ofVirtual().name("loopback-server").start(this::acceptUntilClosed);
    }

    /** Where the tracker is. */
    String tracker() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/announce";
    }

    /** Where the web seed has the file. */
    String file() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/content";
    }

    /** Torrents that said that they have begun. */
    int announces() {
        return announces.get();
    }

    /** Parts that were asked for, answered or not. */
    int parts() {
        return parts.get();
    }

    /** Lets the web seed answer once, if it may not already. */
    void allow() {
        if (allowed.availablePermits() == 0) {
            allowed.release();
        }
    }

    private void acceptUntilClosed() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().name("loopback-answer").start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            String first = String.valueOf(in.readLine());
            long begin = 0;
            long end = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
                Matcher range = RANGE.matcher(line);
                if (range.matches()) {
                    begin = Long.parseLong(range.group(1));
                    end = Long.parseLong(range.group(2)) + 1;
                }
                line = in.readLine();
            }
            if (first.contains("/announce")) {
                announce(first, socket.getOutputStream());
            } else {
                part(begin, end, socket.getOutputStream());
            }
        } catch (IOException | InterruptedException _) {
            // who asked has gone
        }
    }

    private void announce(String request, OutputStream out) throws IOException {
        if (request.contains("event=started")) {
            announces.incrementAndGet();
        }
        byte[] body = "d8:intervali900e5:peers0:e".getBytes(ISO_8859_1);
        head(out, "200 OK", "Content-Length: " + body.length);
        out.write(body);
    }

    private void part(long begin, long end, OutputStream out)
            throws IOException, InterruptedException {
        parts.incrementAndGet();
        allowed.acquire();
        byte[] part = new byte[(int) (end - begin)];
        try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "r")) {
            head(
                    out,
                    "206 Partial Content",
                    "Content-Length: " + part.length,
                    "Content-Range: bytes %d-%d/%d".formatted(begin, end - 1, file.length()));
            file.seek(begin);
            file.readFully(part);
        }
        out.write(part);
    }

    private static void head(OutputStream out, String status, String... fields) throws IOException {
        String lines = "HTTP/1.1 " + status + "\r\nConnection: close\r\n";
        out.write((lines + String.join("\r\n", fields) + "\r\n\r\n").getBytes(ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        server.close();
        allowed.release(Integer.MAX_VALUE / 2); // who waits ends, too
    }
}
