package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP socket for all trackers of a loop's torrents, and the connection ids that were given to
 * it. Owned by its loop, but for one virtual thread that reads from the socket.
 */
final class UdpEndpoint {
    /** So long a client may use a connection id (BEP 15). */
    static final long CONNECTION_NANOS = 60_000_000_000L;

    /** Trackers whose connection ids are kept. */
    private static final int MAX_CONNECTIONS = 1000;

    private static final Logger log = LoggerFactory.getLogger(UdpEndpoint.class);

    private final EventLoop loop;
    private final Threads threads;
    private final RandomGenerator random;
    private final Egress egress;
    private final Route route;
    private final CompletableFuture<Egress.DatagramWay> way = new CompletableFuture<>();
    private final Map<Integer, Transaction> transactions = new HashMap<>();
    private final Map<InetSocketAddress, Connection> connections = new HashMap<>();

    /** Who waits for an answer. */
    interface Receiver {
        /**
         * Looks at an answer that came from where it should and has a whole head.
         *
         * @return false when it is not what was waited for: the wait goes on
         */
        boolean received(byte[] answer);
    }

    private record Transaction(InetSocketAddress remote, Receiver receiver) {}

    private record Connection(long id, long sinceNanos) {}

    /**
     * Opens a socket: at once, or behind a proxy, which has to be asked, soon.
     *
     * @param local port 0
     * @throws IOException the address is not here
     */
    UdpEndpoint(
            EventLoop loop,
            Threads threads,
            RandomGenerator random,
            Egress egress,
            InetAddress local)
            throws IOException {
        this.loop = loop;
        this.threads = threads;
        this.random = random;
        this.egress = egress;
        route = egress.route();
        if (route.proxy().isEmpty()) {
            way.complete(egress.datagrams(local));
        }
        threads.start("tracker-udp", () -> run(local));
    }

    private void run(InetAddress local) {
        try {
            if (!way.isDone()) {
                Egress.DatagramWay opened = egress.datagrams(local);
                if (!way.complete(opened)) {
                    opened.close(); // nobody waits any more
                    return;
                }
            }
            readUntilClosed(way.join());
        } catch (IOException e) {
            log.debug("no UDP for trackers: {}", e.getMessage());
            way.cancel(false);
        } catch (CancellationException _) {
            // closed before it was open
        }
    }

    /** False when sockets go another way now. */
    boolean isFor(Route now) {
        return route.equals(now);
    }

    EventLoop loop() {
        return loop;
    }

    private void readUntilClosed(Egress.DatagramWay socket) {
        while (!socket.isClosed()) {
            try {
                Egress.Received received = socket.receive();
                if (received.datagram().length >= UdpMessages.MIN_BYTES) {
                    // too many waiting: dropped, as UDP may
                    loop.post(() -> received(received.datagram(), received.from()));
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.debug("UDP socket for trackers failed: {}", e.getMessage());
                    socket.close(); // exchanges time out; the next one opens another socket
                }
                return;
            }
        }
    }

    private void received(byte[] answer, InetSocketAddress from) {
        int number = UdpMessages.transaction(answer);
        Transaction transaction = transactions.get(number);
        if (transaction != null
                && isFrom(transaction.remote, from)
                && UdpMessages.isWhole(answer)
                && transaction.receiver.received(answer)) {
            transactions.remove(number);
        }
    }

    /** A proxy tells only the address of one whom we know by name; nobody else can reach us. */
    private static boolean isFrom(InetSocketAddress asked, InetSocketAddress from) {
        return asked.isUnresolved() ? asked.getPort() == from.getPort() : asked.equals(from);
    }

    /** A new transaction under a number that strangers cannot guess. */
    int begin(InetSocketAddress remote, Receiver receiver) {
        int number = random.nextInt();
        while (transactions.containsKey(number)) {
            number = random.nextInt();
        }
        transactions.put(number, new Transaction(remote, receiver));
        return number;
    }

    /** Nobody waits for this any more. */
    void forget(int transaction) {
        transactions.remove(transaction);
    }

    /**
     * Sends a datagram.
     *
     * @param failed called on the loop with the reason when it cannot go out
     */
    void send(byte[] datagram, InetSocketAddress to, Consumer<String> failed) {
        threads.start(
                "tracker-udp-send", // the kernel may make a sender wait, and a loop must not
                () -> {
                    try {
                        opened().send(datagram, to);
                    } catch (IOException | CancellationException e) {
                        log.debug("no datagram to {}: {}", to, e.getMessage());
                        String reason = e instanceof IOException ? e.getMessage() : "no socket";
                        Completion.on(loop, () -> failed.accept(String.valueOf(reason)));
                    }
                });
    }

    /**
     * The socket, for one datagram: an exchange lasts minutes, and must not go on around a proxy
     * that was switched on meanwhile, or from an address that we are not bound to any more.
     *
     * @throws IOException sockets go another way now
     */
    private Egress.DatagramWay opened() throws IOException {
        Egress.DatagramWay opened = way.join();
        if (!isFor(egress.route())) {
            opened.close();
            throw new IOException("the network settings have changed");
        }
        return opened;
    }

    /** Keeps a connection id for the next exchanges. */
    void connected(InetSocketAddress remote, long id) {
        if (connections.size() >= MAX_CONNECTIONS) {
            connections.values().removeIf(Predicate.not(this::isFresh));
        }
        if (connections.size() < MAX_CONNECTIONS) {
            connections.put(remote, new Connection(id, loop.nanoTime()));
        }
    }

    private boolean isFresh(Connection connection) {
        return loop.nanoTime() - connection.sinceNanos < CONNECTION_NANOS;
    }

    /** The tracker does not know our connection id any more. */
    void disconnected(InetSocketAddress remote) {
        connections.remove(remote);
    }

    boolean hasConnection(InetSocketAddress remote) {
        Connection connection = connections.get(remote);
        return connection != null && isFresh(connection);
    }

    /** The connection id; there is one. */
    long connection(InetSocketAddress remote) {
        Connection connection = connections.get(remote);
        if (connection == null) {
            throw new IllegalStateException("no connection to " + remote);
        }
        return connection.id;
    }

    boolean isIdle() {
        return transactions.isEmpty();
    }

    boolean isClosed() {
        return way.isCancelled() || (way.isDone() && way.join().isClosed());
    }

    void close() {
        if (!way.cancel(false) && !way.isCancelled()) {
            way.join().close();
        }
    }
}
