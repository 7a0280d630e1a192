package org.bittern.tinytorrent.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.FieldNames;
import org.bittern.rpc.FieldTexts;
import org.bittern.rpc.RpcView;
import org.bittern.testkit.SnapshotBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An engine that has nothing but torrents with a few numbers, its host, and a view of both. One
 * lock, so that a test may change it while a hub looks.
 */
final class World implements EngineHost, RpcView {
    private static final FieldNames TORRENT =
            new FieldNames(List.of("id", "name", "rate", "left", "seconds"), Set.of("seconds"));
    private static final FieldNames SESSION =
            new FieldNames(List.of("speed", "count", "uptime"), Set.of("uptime"));

    private final List<Consumer<Optional<Engine>>> watchers = new CopyOnWriteArrayList<>();
    private final List<Consumer<EngineEvent>> subscribers = new CopyOnWriteArrayList<>();
    private final Map<Integer, Thing> things = new TreeMap<>();
    private final List<Gone> removed = new ArrayList<>();
    private @Nullable Engine engine = makeEngine();
    private long revision;
    private long speed;
    private long uptime;
    private int last;

    /** A torrent. */
    private static final class Thing {
        private final int number;
        private long revision;
        private long rate;
        private long left = 1000;
        private long seconds;

        Thing(int number) {
            this.number = number;
        }
    }

    private record Gone(int number, long revision) {}

    // ---- what a test does

    synchronized int add() {
        Thing thing = new Thing(++last);
        things.put(thing.number, thing);
        thing.revision = ++revision;
        return thing.number;
    }

    synchronized void remove(int number) {
        things.remove(number);
        removed.add(new Gone(number, ++revision));
    }

    synchronized void change(int number, long rate) {
        Thing thing = things.get(number);
        if (thing != null) {
            thing.rate = rate;
            thing.left -= rate;
            thing.revision = ++revision;
        }
    }

    /** Time goes by: all that is counted is another, and nothing has happened. */
    synchronized void tick() {
        uptime++;
        things.values()
                .forEach(thing -> {
                    thing.seconds++;
                    thing.revision = ++revision;
                });
    }

    synchronized void speed(long now) {
        speed = now;
    }

    synchronized List<Integer> numbers() {
        return List.copyOf(things.keySet());
    }

    /** Another engine with the same torrents, which counts its revisions from the beginning. */
    void swap() {
        synchronized (this) {
            removed.clear();
            revision = 0;
            things.values().forEach(thing -> thing.revision = ++revision);
            engine = makeEngine();
        }
        tellWatchers();
    }

    void stopEngine() {
        synchronized (this) {
            engine = null;
        }
        tellWatchers();
    }

    void happens(EngineEvent event) {
        subscribers.forEach(subscriber -> subscriber.accept(event));
    }

    /** What a client must believe in the end, without what is counted. */
    synchronized String truth() {
        StringBuilder truth = new StringBuilder();
        truth.append(speed).append('/').append(things.size());
        things.values()
                .forEach(thing ->
                        truth.append(' ')
                                .append(thing.number)
                                .append(':')
                                .append(thing.rate)
                                .append(':')
                                .append(thing.left));
        return truth.toString();
    }

    private void tellWatchers() {
        Optional<Engine> now = engine();
        watchers.forEach(watcher -> watcher.accept(now));
    }

    // ---- the engine

    private Engine makeEngine() {
        return (Engine)
                Proxy.newProxyInstance(
                        Engine.class.getClassLoader(),
                        new Class<?>[] {Engine.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "equals" ->
                                            System.identityHashCode(proxy)
                                                    == System.identityHashCode(arguments[0]);
                                    case "hashCode" -> System.identityHashCode(proxy);
                                    case "toString" -> "engine";
                                    case "settings" -> Settings.EMPTY;
                                    case "changesSince" -> changes((Long) arguments[0]);
                                    case "torrent" -> torrent((Integer) arguments[0]);
                                    case "subscribe" -> subscribe(arguments[0]);
                                    default -> throw new AssertionError(method.getName());
                                });
    }

    private synchronized Changes changes(long since) {
        return new Changes(
                revision,
                true,
                things.values().stream()
                        .filter(thing -> thing.revision > since)
                        .map(World::snapshot)
                        .toList(),
                removed.stream()
                        .filter(gone -> gone.revision() > since)
                        .map(Gone::number)
                        .toList());
    }

    private static TorrentSnapshot snapshot(Thing thing) {
        return new SnapshotBuilder(TorrentState.DOWNLOADING)
                .of(thing.number, thing.revision)
                .build();
    }

    private synchronized Optional<Torrent> torrent(int number) {
        return Optional.ofNullable(things.get(number))
                .map(thing ->
                        (Torrent)
                                Proxy.newProxyInstance(
                                        Torrent.class.getClassLoader(),
                                        new Class<?>[] {Torrent.class},
                                        (proxy, method, arguments) -> number));
    }

    @SuppressWarnings("unchecked") // the type of the interface's own argument
    private Subscription subscribe(Object listener) {
        Consumer<EngineEvent> subscriber = (Consumer<EngineEvent>) listener;
        subscribers.add(subscriber);
        return () -> subscribers.remove(subscriber);
    }

    // ---- the view

    @Override
    public synchronized FieldTexts torrent(
            Engine from, Torrent torrent, @Nullable FieldTexts before) {
        Thing thing = things.getOrDefault(torrent.number(), new Thing(torrent.number()));
        return texts(
                TORRENT,
                thing.number,
                "\"torrent " + thing.number + "\"",
                thing.rate,
                thing.left,
                thing.seconds);
    }

    @Override
    public synchronized FieldTexts session(Engine from, @Nullable FieldTexts before) {
        return texts(SESSION, speed, things.size(), uptime);
    }

    private static FieldTexts texts(FieldNames names, Object... values) {
        String[] texts = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            texts[i] = values[i].toString();
        }
        return new FieldTexts(names, texts);
    }

    // ---- the host

    @Override
    public synchronized Optional<Engine> engine() {
        return Optional.ofNullable(engine);
    }

    @Override
    public CompletionStage<Engine> start(EngineStart start) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Void> stop() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public Subscription watch(Consumer<Optional<Engine>> listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }
}
