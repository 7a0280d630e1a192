package org.bittern.stream.brain.internal;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket of the JDK. */
final class JdkWire implements Wire {
    private static final String TOKEN_HEADER = "X-TT-Auth";
    private static final Duration CONNECT_TIME = Duration.ofSeconds(10);

    /** For the connection, TLS and the handshake together. */
    private static final int DIAL_SECONDS = 20;

    /** An I/O side that takes nothing for so long is gone. */
    private static final int SEND_SECONDS = 30;

    private static final int CLOSE_SECONDS = 1;
    private static final int FORBIDDEN = 403;
    private static final int GOING_AWAY = 1001;

    private final WebSocket socket;

    private JdkWire(WebSocket socket) {
        this.socket = socket;
    }

    /** Connects to a place again and again. */
    static Dialler dialler(HttpClient http, Place place) {
        return events -> dial(http, place, events);
    }

    private static Wire dial(HttpClient http, Place place, Events events)
            throws IOException, InterruptedException {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT_TIME);
        if (!place.token().isEmpty()) {
            builder.header(TOKEN_HEADER, place.token());
        }
        CompletableFuture<WebSocket> dialled = builder.buildAsync(place.url(), new Inbound(events));
        try {
            return new JdkWire(dialled.get(DIAL_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw new IOException(place.url() + " " + reason(e.getCause()), e);
        } catch (TimeoutException e) {
            var _ = dialled.thenAccept(WebSocket::abort); // should it come after all
            throw new IOException(place.url() + " does not answer", e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case WebSocketHandshakeException refused ->
                    refused.getResponse().statusCode() == FORBIDDEN
                            ? "does not take the token"
                            : "is no control WebSocket: HTTP " + refused.getResponse().statusCode();
            case ConnectException _ -> "cannot be reached";
            case null, default -> "cannot be spoken to: " + cause;
        };
    }

    @Override
    public void send(String text) throws IOException, InterruptedException {
        await(socket.sendText(text, true));
    }

    @Override
    public void ping() throws IOException, InterruptedException {
        await(socket.sendPing(ByteBuffer.allocate(0)));
    }

    private static void await(CompletableFuture<WebSocket> sent)
            throws IOException, InterruptedException {
        try {
            sent.get(SEND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the connection is lost", e);
        } catch (TimeoutException e) {
            throw new IOException("it takes nothing for " + SEND_SECONDS + " s", e);
        }
    }

    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            try {
                socket.sendClose(GOING_AWAY, "").orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS).join();
            } catch (CompletionException e) {
                // it is lost already, which is as good
            }
        }
        socket.abort();
    }

    /** Puts messages together and passes them on. Events come one at a time. */
    private static final class Inbound implements WebSocket.Listener {
        private final Events events;
        private final StringBuilder text = new StringBuilder();

        Inbound(Events events) {
            this.events = events;
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence part, boolean last) {
            if (text.length() + part.length() > Question.MOST_CHARS) {
                events.lost("a message of more than " + Question.MOST_CHARS + " characters");
                socket.abort();
                return null;
            }
            text.append(part);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                events.text(whole);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean last) {
            socket.request(1); // it means nothing
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            events.heard();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            events.heard();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            events.lost("it has closed the connection with " + code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            events.lost("the connection is lost");
        }
    }
}
