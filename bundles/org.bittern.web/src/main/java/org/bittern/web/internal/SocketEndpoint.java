package org.bittern.web.internal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bittern.web.Socket;
import org.bittern.web.SocketHandler;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, between Jetty and a handler. Thread-safe. Public, as Jetty looks its methods up
 * from outside; in this bundle, which stays, as Jetty never forgets a class that it has seen.
 */
public final class SocketEndpoint implements Session.Listener.AutoDemanding, Socket {
    /** A client that was not heard of for so long is gone; it is pinged several times meanwhile. */
    static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(45);

    /** A client that has not answered a close for so long is cut off. */
    static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int ABNORMAL = 1006;
    private static final int GOING_AWAY = 1001;

    private final SocketHandler handler;
    private final Map<String, List<String>> query;
    private final Consumer<SocketEndpoint> gone;
    private final LongSupplier nanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable Session session; // null before the handshake is over
    private volatile SocketHandler.@Nullable Events events;
    private volatile long heardNanos;
    private volatile boolean closing;
    private volatile long closedNanos; // once it is closing

    SocketEndpoint(
            SocketHandler handler,
            Map<String, List<String>> query,
            Consumer<SocketEndpoint> gone,
            LongSupplier nanos) {
        this.handler = handler;
        this.query = query;
        this.gone = gone;
        this.nanos = nanos;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        heardNanos = nanos.getAsLong();
        session = opened;
        if (ended.get()) {
            opened.close(GOING_AWAY, "going away", Callback.NOOP);
            return;
        }
        events = handler.opened(this, query);
    }

    @Override
    public void onWebSocketText(String message) {
        heardNanos = nanos.getAsLong();
        SocketHandler.Events receiver = events;
        if (receiver != null && !ended.get()) {
            receiver.text(message);
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        heardNanos = nanos.getAsLong();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        callback.succeed();
        SocketHandler.Events receiver = events;
        if (receiver != null && !ended.get()) {
            receiver.binary(bytes);
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heardNanos = nanos.getAsLong();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        end(ABNORMAL, "connection lost");
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
        end(code, reason == null ? "" : reason);
    }

    @Override
    public CompletionStage<Void> send(String text) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Session open = open(done);
        if (open != null) {
            open.sendText(text, completing(done));
        }
        return done;
    }

    @Override
    public CompletionStage<Void> send(String part, boolean last) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Session open = open(done);
        if (open != null) {
            open.sendPartialText(part, last, completing(done));
        }
        return done;
    }

    @Override
    public CompletionStage<Void> send(byte[] bytes) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Session open = open(done);
        if (open != null) {
            open.sendBinary(ByteBuffer.wrap(bytes), completing(done));
        }
        return done;
    }

    @Override
    public void close(int code, String reason) {
        Session open = session;
        if (open != null) {
            if (!closing) {
                closedNanos = nanos.getAsLong();
                closing = true;
            }
            open.close(code, reason, Callback.NOOP);
        }
    }

    @Override
    public boolean isOpen() {
        Session open = session;
        return open != null && open.isOpen() && !ended.get();
    }

    /** The handler is going: nothing more is said to it. */
    void abandon() {
        ended.set(true);
        gone.accept(this);
        close(GOING_AWAY, "going away");
    }

    /** Called every few seconds. */
    void ping() {
        Session open = session;
        if (open == null) {
            return;
        }
        long nowNanos = nanos.getAsLong();
        if (nowNanos - heardNanos > SILENCE_NANOS
                || (closing && nowNanos - closedNanos > CLOSE_NANOS)) {
            open.disconnect();
        } else {
            open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
        }
    }

    private void end(int code, String reason) {
        if (ended.compareAndSet(false, true)) {
            gone.accept(this);
            SocketHandler.Events receiver = events;
            if (receiver != null) {
                receiver.closed(code, reason);
            }
        }
    }

    private @Nullable Session open(CompletableFuture<Void> done) {
        Session open = session;
        if (open == null || ended.get()) {
            done.completeExceptionally(new IllegalStateException("the socket is closed"));
            return null;
        }
        return open;
    }

    private static Callback completing(CompletableFuture<Void> done) {
        return Callback.from(() -> done.complete(null), done::completeExceptionally);
    }
}
