package org.bittern.net.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers each connection with the next text of a script once a request has come. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile String heard = "";
    private volatile @Nullable InetAddress lastPeer;

    private final List<String> requests = new CopyOnWriteArrayList<>();

    ScriptedServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().name("scripted-server").start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    void answer(String text) {
        answers.add(text);
    }

    /** The last request. */
    String heard() {
        return heard;
    }

    /** All requests, in order. */
    List<String> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    @Nullable InetAddress lastPeer() {
        return lastPeer;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket peer = socket.accept()) {
                connections.incrementAndGet();
                lastPeer = peer.getInetAddress();
                heard = request(peer.getInputStream());
                requests.add(heard);
                String answer = answers.poll();
                if (answer != null) {
                    peer.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            text.append((char) b);
        }
        return text.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
