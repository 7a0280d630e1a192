package org.bittern.lsd.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bittern.spi.net.EventLoop;

/**
 * Announces all torrents of one listen port on the local network and hears of those of others.
 * Owned by its loop.
 */
final class LsdNode {
    /** Between two announces of a torrent (BEP 14). */
    static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** The least between two announces of a torrent, whoever asks for more (BEP 14). */
    static final long MIN_GAP_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Torrents that begin within this time share messages. */
    static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Messages that are looked at in a second; more than a network of people sends. */
    static final int MAX_HEARD_PER_SECOND = 200;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final int port;
    private final String cookie;
    private final Air air;
    private final Map<ByteBuffer, Topic> topics = new HashMap<>(); // by hash on the wire
    private EventLoop.Timer timer = () -> {};
    private boolean planned;
    private long dueNanos;
    private long secondNanos;
    private int heardInSecond;
    private boolean closed;

    /** One info-hash. */
    private static final class Topic {
        final byte[] wireHash;
        final List<LsdSearch> searches = new ArrayList<>(1);
        long dueNanos;
        boolean announced;
        long announcedNanos;

        Topic(byte[] wireHash) {
            this.wireHash = wireHash;
        }
    }

    /**
     * A node that has not said anything.
     *
     * @param port where we take links
     * @param cookie unlikely to be another's
     * @param air made with the ear that is to hear
     */
    LsdNode(EventLoop loop, int port, String cookie, Function<Air.Ear, Air> air) {
        this.loop = loop;
        this.port = port;
        this.cookie = cookie;
        this.air = air.apply((bytes, from) -> loop.post(() -> heard(bytes, from)));
        secondNanos = loop.nanoTime();
    }

    EventLoop loop() {
        return loop;
    }

    void add(LsdSearch search, byte[] wireHash) {
        ByteBuffer key = ByteBuffer.wrap(wireHash);
        Topic topic = topics.computeIfAbsent(key, _ -> new Topic(wireHash));
        topic.searches.add(search);
        announce(topic);
    }

    void remove(LsdSearch search, byte[] wireHash) {
        ByteBuffer key = ByteBuffer.wrap(wireHash);
        Topic topic = topics.get(key);
        if (topic != null && topic.searches.remove(search) && topic.searches.isEmpty()) {
            topics.remove(key);
        }
    }

    /** Announces a torrent as soon as the rules allow it. */
    void ask(byte[] wireHash) {
        Topic topic = topics.get(ByteBuffer.wrap(wireHash));
        if (topic != null) {
            announce(topic);
        }
    }

    private void announce(Topic topic) {
        long soon = loop.nanoTime() + GATHER_NANOS;
        long earliest = topic.announcedNanos + MIN_GAP_NANOS;
        topic.dueNanos = topic.announced && earliest - soon > 0 ? earliest : soon;
        plan(topic.dueNanos);
    }

    private void plan(long due) {
        if (!planned || due - dueNanos < 0) {
            timer.cancel();
            planned = true;
            dueNanos = due;
            timer = loop.schedule(Math.max(0, due - loop.nanoTime()), this::speak);
        }
    }

    /** Sends what is due, and plans the next time. */
    private void speak() {
        planned = false;
        if (closed) {
            return;
        }
        long now = loop.nanoTime();
        List<byte[]> hashes = new ArrayList<>();
        topics.values()
                .forEach(topic -> {
                    if (topic.dueNanos - now <= 0) {
                        hashes.add(topic.wireHash);
                        topic.announced = true;
                        topic.announcedNanos = now;
                        topic.dueNanos = now + INTERVAL_NANOS;
                    }
                });
        for (int i = 0; i < hashes.size(); i += LsdMessage.MAX_HASHES) {
            int end = Math.min(hashes.size(), i + LsdMessage.MAX_HASHES);
            air.send(new LsdMessage(port, hashes.subList(i, end), cookie));
        }
        topics.values().forEach(topic -> plan(topic.dueNanos));
    }

    private void heard(byte[] bytes, InetAddress from) {
        if (closed || !mayListen()) {
            return;
        }
        LsdMessage message = LsdMessage.parse(bytes).orElse(null);
        if (message == null || message.cookie().equals(cookie)) {
            return;
        }
        InetSocketAddress peer = new InetSocketAddress(from, message.port());
        for (byte[] hash : message.infoHashes()) {
            Topic topic = topics.get(ByteBuffer.wrap(hash));
            if (topic != null) {
                topic.searches.forEach(search -> search.found(peer));
            }
        }
    }

    private boolean mayListen() {
        long now = loop.nanoTime();
        if (now - secondNanos >= SECOND_NANOS) {
            secondNanos = now;
            heardInSecond = 0;
        }
        return ++heardInSecond <= MAX_HEARD_PER_SECOND;
    }

    void close() {
        closed = true;
        timer.cancel();
        topics.clear();
        air.close();
    }
}
