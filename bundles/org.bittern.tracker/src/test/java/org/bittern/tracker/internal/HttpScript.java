package org.bittern.tracker.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** A server on loopback that answers each request as the test says, byte by byte. */
final class HttpScript implements AutoCloseable {
    /** A request that came. */
    record Request(String target, List<String> fields, InetAddress from) {}

    /** Writes an answer; the connection is closed afterwards. */
    interface Answer {
        void write(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final String scheme;
    private final Thread acceptor;
    private volatile Answer answer = (_, _) -> {};

    HttpScript() {
        this(ServerSocketFactory.getDefault(), "http", 0, "127.0.0.1");
    }

    HttpScript(ServerSocketFactory sockets, String scheme, int port, String address) {
        this.scheme = scheme;
        try {
            server = sockets.createServerSocket(port, 500, InetAddress.ofLiteral(address));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        acceptor = Thread.ofVirtual().name("http-script").start(this::acceptUntilClosed);
    }

    private void acceptUntilClosed() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().name("http-script-answer").start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String first = in.readLine();
            if (first == null) {
                return;
            }
            List<String> fields = new ArrayList<>();
            for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
                fields.add(line);
                line = in.readLine();
            }
            Request request = new Request(target(first), fields, socket.getInetAddress());
            requests.add(request);
            OutputStream out = socket.getOutputStream();
            answer.write(request, out);
            out.flush();
        } catch (IOException | InterruptedException _) {
            // the client had enough
        }
    }

    private static String target(String requestLine) {
        int begin = requestLine.indexOf(' ') + 1;
        return requestLine.substring(begin, requestLine.indexOf(' ', begin));
    }

    void answer(Answer newAnswer) {
        answer = newAnswer;
    }

    /** Answers everything with this body. */
    void answerBody(byte[] body) {
        answer((_, out) -> ok(out, body));
    }

    void answerBody(String body) {
        answerBody(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void ok(OutputStream out, byte[] body, String... fields) throws IOException {
        head(out, "200 OK", "Content-Length: " + body.length);
        for (String field : fields) {
            text(out, field + "\r\n");
        }
        text(out, "\r\n");
        out.write(body);
    }

    /** Status line and fields, without the empty line that ends them. */
    static void head(OutputStream out, String status, String... fields) throws IOException {
        text(out, "HTTP/1.1 " + status + "\r\n");
        for (String field : fields) {
            text(out, field + "\r\n");
        }
    }

    static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    int port() {
        return server.getLocalPort();
    }

    String url(String target) {
        return scheme + "://127.0.0.1:" + port() + target;
    }

    /**
     * Refuses connections once this returns: the port stays open while a thread is in accept, and
     * whoever connects in that moment would see a reset.
     */
    @Override
    public void close() {
        try {
            server.close();
            acceptor.join();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
