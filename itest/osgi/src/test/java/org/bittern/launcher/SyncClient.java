package org.bittern.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A front-end that is connected with the WebSocket of TinyTorrent. */
final class SyncClient {
    private static final long SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Listener listener = new Listener();

    /** What the other side says. On threads of the client. */
    private static final class Listener implements WebSocket.Listener {
        final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    messages.add(JSON.readTree(text.toString()));
                } catch (JsonProcessingException e) {
                    closed.completeExceptionally(e);
                }
                text.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            closed.completeExceptionally(failure);
        }
    }

    /**
     * Connects.
     *
     * @throws ExecutionException it is refused; the cause says how
     */
    SyncClient(HttpClient http, URI socket)
            throws ExecutionException, InterruptedException, TimeoutException {
        var _ =
                http.newWebSocketBuilder()
                        .buildAsync(socket, listener)
                        .get(SECONDS, TimeUnit.SECONDS);
    }

    /** The next message of a type; others before it are left out. */
    JsonNode next(String type) throws InterruptedException, TimeoutException {
        while (true) {
            JsonNode message = listener.messages.poll(SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new TimeoutException("no " + type);
            }
            if (message.path("type").asText().equals(type)) {
                return message;
            }
        }
    }

    /** The code with which the other side has closed it. */
    int closed() throws ExecutionException, InterruptedException, TimeoutException {
        return listener.closed.get(SECONDS, TimeUnit.SECONDS);
    }
}
