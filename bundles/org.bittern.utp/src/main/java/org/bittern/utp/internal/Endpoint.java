package org.bittern.utp.internal;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.jspecify.annotations.Nullable;

/**
 * uTP on one UDP socket: which packet is for which connection, and who may begin one. Packets come
 * on the loop of the socket; the table of connections may be used anywhere.
 *
 * <p>It lives as long as somebody listens or a connection uses it, so that connections survive when
 * listening ends and begins again.
 */
final class Endpoint implements Datagrams.Receiver {
    /** More than this take more care than they are worth. */
    static final int MAX_CONNECTIONS = 2_000;

    /** Answers to packets of nobody, in a second. */
    static final int RESETS_PER_SECOND = 32;

    private static final int IDS = 1 << 16;

    private final Map<Key, UtpConnection> connections = new ConcurrentHashMap<>();
    private final HalfOpens halfOpens;
    private final TokenGate resets = new TokenGate(RESETS_PER_SECOND);
    private final RandomGenerator random;
    private final MemoryBudget budget;
    private final Consumer<Endpoint> idle;
    private volatile @Nullable Consumer<Connection> acceptor; // null while nobody listens
    private volatile Datagrams.@Nullable Port port; // null for a moment at the beginning

    /**
     * How a packet is told from others.
     *
     * @param id connection id, 16 bits
     */
    record Key(InetSocketAddress remote, int id) {}

    /**
     * @param random thread-safe, cannot be guessed
     * @param idle hears when the last connection is gone and nobody listens; any thread
     * @param acceptor null: nobody listens
     */
    Endpoint(
            RandomGenerator random,
            MemoryBudget budget,
            Consumer<Endpoint> idle,
            @Nullable Consumer<Connection> acceptor) {
        this.random = random;
        this.budget = budget;
        this.idle = idle;
        this.acceptor = acceptor;
        halfOpens = new HalfOpens(random);
    }

    /** The socket is there. */
    void opened(Datagrams.Port socket) {
        port = socket;
    }

    Datagrams.Port port() {
        Datagrams.Port socket = port;
        if (socket == null) {
            throw new IllegalStateException("the socket is not open yet");
        }
        return socket;
    }

    EventLoop loop() {
        return port().loop();
    }

    InetSocketAddress local() {
        return port().local();
    }

    MemoryBudget budget() {
        return budget;
    }

    int connections() {
        return connections.size();
    }

    boolean isIdle() {
        return acceptor == null && connections.isEmpty();
    }

    boolean isListening() {
        return acceptor != null;
    }

    /** Accepts connections from now on; null: no more. */
    void listen(@Nullable Consumer<Connection> next) {
        acceptor = next;
        if (next == null) {
            Loops.handedTo(loop(), halfOpens::clear);
        }
    }

    /** Dials. On the loop that is going to own the connection. */
    void dial(EventLoop loop, InetSocketAddress remote, long timeoutNanos, Transport.Dial outcome) {
        if (connections.size() >= MAX_CONNECTIONS) {
            loop.execute(() -> outcome.failed("too many uTP connections"));
            return;
        }
        int id = random.nextInt(IDS);
        while (connections.containsKey(new Key(remote, id))) {
            id = Seq.plus(id, 1);
        }
        UtpConnection connection =
                UtpConnection.dialling(this, loop, remote, id, random.nextInt(IDS));
        connections.put(new Key(remote, id), connection);
        connection.dial(timeoutNanos, outcome);
    }

    /** A connection is gone. Any thread. */
    void forget(UtpConnection connection) {
        connections.remove(
                new Key(connection.remote(), connection.numbers().receiveId()), connection);
        if (isIdle()) {
            idle.accept(this);
        }
    }

    /** Breaks all connections and tells the other sides; the number that is still under way. */
    CountDownLatch abort(String reason) {
        List<UtpConnection> all = List.copyOf(connections.values());
        CountDownLatch left = new CountDownLatch(all.size());
        all.forEach(connection -> connection.abort(reason, left::countDown));
        return left;
    }

    // ---- packets

    @Override
    public boolean received(ByteBuffer datagram, InetSocketAddress from) {
        Header.Type type = Header.typeOf(datagram);
        if (type == null || port == null) {
            return false;
        }
        int id = Header.idOf(datagram);
        UtpConnection connection =
                type == Header.Type.SYN ? null : connections.get(new Key(from, id));
        if (connection == null && type == Header.Type.RESET) {
            connection = connectionThatSends(from, id);
        }
        if (connection != null) {
            connection.inbox().add(datagram);
            return true;
        }
        return acceptor != null && stranger(datagram, from);
    }

    /** Who does not know a connection sends back the id that it has seen, which is our send id. */
    private @Nullable UtpConnection connectionThatSends(InetSocketAddress from, int id) {
        for (int apart = -1; apart <= 1; apart += 2) {
            UtpConnection found = connections.get(new Key(from, Seq.plus(id, apart)));
            if (found != null && found.numbers().sendId() == id) {
                return found;
            }
        }
        return null;
    }

    private boolean stranger(ByteBuffer datagram, InetSocketAddress from) {
        Packet packet = Packet.parse(datagram);
        if (packet == null) {
            return false;
        }
        Header header = packet.header();
        switch (header.type()) {
            case SYN -> answer(header, from);
            case DATA, STATE, FIN -> {
                HalfOpens.HalfOpen half = halfOpens.prove(header, from);
                if (half != null) {
                    accept(half, from, datagram);
                } else if (!halfOpens.knows(new Key(from, header.id()))
                        && resets.pass(loop().nanoTime())) {
                    say(Header.Type.RESET, header, random.nextInt(IDS), from);
                }
            }
            case RESET -> {
                // nobody here to be told
            }
        }
        return true;
    }

    private void answer(Header syn, InetSocketAddress from) {
        if (connections.size() >= MAX_CONNECTIONS
                || connections.containsKey(new Key(from, Seq.plus(syn.id(), 1)))) {
            return;
        }
        HalfOpens.HalfOpen half = halfOpens.syn(syn, from, loop().nanoTime());
        if (half != null) {
            say(Header.Type.STATE, syn, half.numbers().firstSeq(), from);
        }
    }

    /** Answers a packet without having a connection. */
    private void say(Header.Type type, Header to, int seq, InetSocketAddress remote) {
        int now = Delays.micros(loop().nanoTime());
        Header answer =
                new Header(
                        type,
                        0,
                        to.id(),
                        now,
                        now - to.timestamp(),
                        type == Header.Type.STATE ? ReceiveWindow.WINDOW_BYTES : 0,
                        seq,
                        to.seq());
        ByteBuffer datagram = ByteBuffer.allocate(Header.BYTES);
        answer.put(datagram);
        port().send(datagram.flip(), remote);
    }

    private void accept(HalfOpens.HalfOpen half, InetSocketAddress from, ByteBuffer first) {
        Consumer<Connection> taker = acceptor;
        if (taker == null) {
            return;
        }
        UtpConnection connection =
                UtpConnection.accepted(this, from, half.numbers(), half.window());
        connections.put(new Key(from, half.numbers().receiveId()), connection);
        connection.inbox().add(first);
        boolean taken = false;
        try {
            taker.accept(connection);
            taken = true;
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }
}
