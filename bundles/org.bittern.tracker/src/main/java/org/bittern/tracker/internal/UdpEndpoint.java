package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.EventLoop;
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
    private final Workers workers;
    private final RandomGenerator random;
    private final DatagramSocket socket;
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
     * Opens a socket.
     *
     * @param local port 0
     * @throws IOException the address is not here
     */
    UdpEndpoint(EventLoop loop, Workers workers, RandomGenerator random, InetAddress local)
            throws IOException {
        this.loop = loop;
        this.workers = workers;
        this.random = random;
        socket = new DatagramSocket(new InetSocketAddress(local, 0));
        workers.start("tracker-udp", this::readUntilClosed);
    }

    EventLoop loop() {
        return loop;
    }

    private void readUntilClosed() {
        byte[] buffer = new byte[UdpMessages.MAX_BYTES];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        while (!socket.isClosed()) {
            try {
                packet.setLength(buffer.length);
                socket.receive(packet);
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.debug("UDP socket for trackers failed: {}", e.getMessage());
                    socket.close(); // exchanges time out; the next one opens another socket
                }
                return;
            }
            if (packet.getLength() >= UdpMessages.MIN_BYTES) {
                byte[] answer = Arrays.copyOf(buffer, packet.getLength());
                InetSocketAddress from =
                        new InetSocketAddress(packet.getAddress(), packet.getPort());
                loop.post(() -> received(answer, from)); // too many waiting: dropped, as UDP may
            }
        }
    }

    private void received(byte[] answer, InetSocketAddress from) {
        int number = UdpMessages.transaction(answer);
        Transaction transaction = transactions.get(number);
        if (transaction != null
                && transaction.remote.equals(from)
                && UdpMessages.isWhole(answer)
                && transaction.receiver.received(answer)) {
            transactions.remove(number);
        }
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

    void send(byte[] datagram, InetSocketAddress to) {
        workers.start(
                "tracker-udp-send", // the kernel may make a sender wait, and a loop must not
                () -> {
                    try {
                        socket.send(new DatagramPacket(datagram, datagram.length, to));
                    } catch (IOException e) {
                        log.debug("no datagram to {}: {}", to, e.getMessage());
                    }
                });
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
        return socket.isClosed();
    }

    void close() {
        socket.close();
    }
}
