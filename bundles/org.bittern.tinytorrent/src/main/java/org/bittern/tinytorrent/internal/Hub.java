package org.bittern.tinytorrent.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.RpcView;
import org.bittern.web.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all clients up to date, in rounds: look at the engine, tell everybody what changed. One
 * thread owns the state and the clients and waits for none of them; others post to it. Without
 * clients it does nothing.
 */
final class Hub {
    private static final Logger log = LoggerFactory.getLogger(Hub.class);

    static final int GOING_AWAY = 1001;
    static final int TRY_AGAIN_LATER = 1013;

    /** How old seconds may be that are counted, when a client connects. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** Rounds that an event waits for its torrent to be seen. */
    private static final int MOST_ROUNDS = 20;

    private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

    private final SyncConfig.Limits limits;
    private final LongSupplier nanoTime;
    private final SyncState state;
    private final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    private final Set<Client> clients = new LinkedHashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final Subscription engines;
    private final Thread thread;
    private @Nullable Engine engine; // null while there is none
    private Subscription events = () -> {};
    private long lastRoundNanos;
    private long lastWholeNanos;
    private boolean ended;

    /** An event that was not told yet. */
    private record Waiting(Notice notice, int rounds) {}

    /** Begins. */
    Hub(RpcView view, EngineHost host, SyncConfig.Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        state = new SyncState(view);
        long now = nanoTime.getAsLong();
        lastRoundNanos = now - limits.interval().toNanos();
        lastWholeNanos = now - FRESH.toNanos();
        engines = host.watch(present -> post(() -> engineIs(present)));
        post(() -> engineIs(host.engine()));
        thread = Thread.ofPlatform().daemon().name("bt-tt-sync").start(this::run);
    }

    // ---- called by others

    /**
     * Somebody has connected.
     *
     * @return tells that it has gone
     */
    Runnable connected(Socket socket, boolean full) {
        Client client = new Client(socket, full, this::post, nanoTime);
        post(() -> begin(client));
        return () -> post(() -> clients.remove(client));
    }

    /** Is told in the next round. */
    void tell(Notice notice) {
        post(() -> await(notice));
    }

    /** Tells everybody that the process ends, and returns when that is on its way. */
    void announceShutdown() {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        post(() -> {
            clients.forEach(client -> client.interrupt(Notice.SHUTDOWN.text()));
            told.complete(true);
        });
        try {
            told.get(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("clients were not told of the end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends everybody away; bounded in time. */
    void close() throws InterruptedException {
        engines.close();
        post(this::end);
        thread.join(CLOSE_TIME);
    }

    private void post(Runnable task) {
        posted.add(task);
    }

    // ---- the thread

    private void run() {
        try {
            while (!ended) {
                long wait = waitNanos();
                Runnable task =
                        wait == Long.MAX_VALUE
                                ? posted.take()
                                : posted.poll(wait, TimeUnit.NANOSECONDS);
                if (task != null) {
                    guarded(task);
                }
                if (!ended && !clients.isEmpty() && waitNanos() <= 0) {
                    guarded(this::round);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The one handler of this thread. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("clients may have missed something", e);
        }
    }

    /** Until the next round. */
    private long waitNanos() {
        if (clients.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long interval = limits.interval().toNanos();
        long since = nanoTime.getAsLong() - lastRoundNanos;
        return Math.max(0, interval - since);
    }

    private void round() {
        lastRoundNanos = nanoTime.getAsLong();
        Patch patch = look(false);
        tell(patch, ripe());
        clients.forEach(Client::round);
        sendAwayTheSlow();
    }

    private Patch look(boolean whole) {
        Engine current = engine;
        if (current == null) {
            return Patch.NOTHING; // clients keep what they have until there is another
        }
        try {
            return state.look(current, whole);
        } catch (EngineException e) {
            log.debug("the engine is going", e);
            return Patch.NOTHING;
        }
    }

    private void tell(Patch patch, List<String> happened) {
        if (!patch.isEmpty() || !happened.isEmpty()) {
            clients.forEach(client -> client.learn(patch, happened));
        }
    }

    private void await(Notice notice) {
        if (!clients.isEmpty()) { // else nobody will ever be told
            waiting.add(new Waiting(notice, 0));
        }
    }

    /** Events whose torrents the clients know, or will not come to know. */
    private List<String> ripe() {
        List<String> ripe = new ArrayList<>();
        List<Waiting> rest = new ArrayList<>();
        for (Waiting each : waiting) {
            int torrent = each.notice().torrent();
            if (torrent == 0 || state.knows(torrent) || each.rounds() >= MOST_ROUNDS) {
                ripe.add(each.notice().text());
            } else {
                rest.add(new Waiting(each.notice(), each.rounds() + 1));
            }
        }
        waiting.clear();
        waiting.addAll(rest);
        return ripe;
    }

    private void sendAwayTheSlow() {
        long now = nanoTime.getAsLong();
        long patience = limits.patience().toNanos();
        List<Client> slow =
                clients.stream().filter(client -> client.isTooSlow(now, patience)).toList();
        for (Client client : slow) {
            clients.remove(client);
            client.close(TRY_AGAIN_LATER, "too slow");
            log.info("a client of {} did not read and was sent away", SyncSocket.PATH);
        }
    }

    private void begin(Client client) {
        if (clients.size() >= limits.clients()) {
            client.close(TRY_AGAIN_LATER, "too many clients");
            return;
        }
        long now = nanoTime.getAsLong();
        boolean whole = now - lastWholeNanos >= FRESH.toNanos();
        if (whole) {
            lastWholeNanos = now;
        }
        tell(look(whole), List.of()); // in the next round of the others
        if (clients.isEmpty()) {
            lastRoundNanos = now;
            waiting.clear(); // happened before anybody listened
        }
        clients.add(client);
        client.begin(state.session(), state.torrents());
    }

    private void engineIs(Optional<Engine> present) {
        Engine now = present.orElse(null);
        if (now == null ? engine == null : now.equals(engine)) {
            return;
        }
        events.close();
        events = () -> {};
        engine = now;
        if (now == null) {
            await(Notice.NO_ENGINE);
        } else {
            events = now.subscribe(this::happened);
        }
    }

    private void happened(EngineEvent event) {
        Optional<Notice> notice = Notice.of(event);
        notice.ifPresent(this::tell);
    }

    private void end() {
        ended = true;
        events.close();
        clients.forEach(client -> client.close(GOING_AWAY, "going away"));
        clients.clear();
    }
}
