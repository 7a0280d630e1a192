package org.bittern.tinytorrent.internal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.bittern.rpc.FieldTexts;
import org.bittern.web.Socket;

/**
 * One receiver. Gets one part of a message at a time, and the next when the system has taken that;
 * what happens meanwhile becomes one patch, so a slow client costs memory for one patch and not for
 * all that it missed. Owned by the thread of {@link Hub}.
 */
final class Client {
    /** Events that a client may be behind. */
    static final int MAX_EVENTS = 1000;

    private final Socket socket;
    private final boolean full;
    private final Executor owner;
    private final LongSupplier nanoTime;
    private final Deque<String> events = new ArrayDeque<>();
    private Iterator<String> parts = Collections.emptyIterator();
    private Patch pending = Patch.NOTHING;
    private int due; // events that come before the next patch
    private long sequence;
    private boolean sending;
    private long sentNanos; // when it began to send; while it is sending

    /**
     * A client that has just connected.
     *
     * @param full wants updated torrents with all fields
     * @param owner runs what is to be done when something was sent
     */
    Client(Socket socket, boolean full, Executor owner, LongSupplier nanoTime) {
        this.socket = socket;
        this.full = full;
        this.owner = owner;
        this.nanoTime = nanoTime;
    }

    /** Begins with the whole state. */
    void begin(FieldTexts session, List<FieldTexts> torrents) {
        parts = SyncTexts.snapshot(session, torrents);
        advance();
    }

    /** Something happened: it is told in the next round. */
    void learn(Patch patch, List<String> happened) {
        pending = pending.then(patch);
        events.addAll(happened);
    }

    /** Tells what it has learnt, a patch first, unless the last message is still on its way. */
    void round() {
        if (sending || parts.hasNext() || due > 0) {
            return;
        }
        if (!pending.isEmpty()) {
            sequence++;
            parts = SyncTexts.patch(sequence, pending, full);
            pending = Patch.NOTHING;
        }
        due = events.size();
        advance();
    }

    /** Tells at once, unless a message is half sent. */
    void interrupt(String event) {
        if (!parts.hasNext()) {
            var _ = socket.send(event);
        }
    }

    private void advance() {
        if (sending) {
            return;
        }
        if (parts.hasNext()) {
            String part = parts.next();
            sent(socket.send(part, !parts.hasNext()));
        } else if (due > 0) {
            due--;
            sent(socket.send(events.removeFirst()));
        }
    }

    private void sent(CompletionStage<Void> stage) {
        sending = true;
        sentNanos = nanoTime.getAsLong();
        stage.whenComplete((done, failure) -> {
            if (failure == null) { // else the socket is closed, and says so itself
                owner.execute(() -> {
                    sending = false;
                    advance();
                });
            }
        });
    }

    /** True when it takes too long for one part, or is too many events behind. */
    boolean isTooSlow(long nowNanos, long patienceNanos) {
        return events.size() > MAX_EVENTS || (sending && nowNanos - sentNanos > patienceNanos);
    }

    void close(int code, String reason) {
        socket.close(code, reason);
    }
}
