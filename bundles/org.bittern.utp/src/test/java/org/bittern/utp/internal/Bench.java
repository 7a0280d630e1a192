package org.bittern.utp.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualLoop;

/**
 * Two machines with uTP on a virtual network, each with a loop for its socket and one for its
 * connections. One listens, the other dials.
 */
final class Bench {
    static final InetSocketAddress ONE =
            new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 1_001);
    static final InetSocketAddress TWO =
            new InetSocketAddress(InetAddress.ofLiteral("10.0.0.2"), 2_002);
    static final long DIAL_NANOS = Duration.ofSeconds(15).toNanos();

    final VirtualNet net;
    final CheckedBuffers buffers = new CheckedBuffers();
    final VirtualLoop oneSocket;
    final VirtualLoop oneLoop;
    final VirtualLoop twoSocket;
    final VirtualLoop twoLoop;
    final UtpTransport one;
    final UtpTransport two;
    final List<Connection> accepted = new ArrayList<>();
    final List<Connection> dialled = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    private final Numbers numbers;
    private Transport.Listener listener;

    Bench(long seed) throws IOException {
        net = new VirtualNet(seed);
        numbers = new Numbers(seed);
        oneSocket = loop("one-socket");
        oneLoop = loop("one");
        twoSocket = loop("two-socket");
        twoLoop = loop("two");
        net.home(ONE, oneSocket);
        net.home(TWO, twoSocket);
        one = new UtpTransport(net, numbers, Runnable::run);
        two = new UtpTransport(net, numbers, Runnable::run);
        listener = two.listen(TWO, accepted::add);
        one.listen(ONE, connection -> failures.add("nobody dials this one"));
    }

    private VirtualLoop loop(String name) {
        return new VirtualLoop(net.time, name, buffers);
    }

    Transport.Listener listener() {
        return listener;
    }

    void listenAgain() throws IOException {
        listener = two.listen(TWO, accepted::add);
    }

    /** All connection ids and first numbers are this one from now on. */
    void numbersBegin(int number) {
        numbers.fixed = number;
    }

    /** Chance, unless a test wants a certain number. */
    private static final class Numbers implements RandomGenerator {
        private final Random random;
        private int fixed = -1;

        Numbers(long seed) {
            random = new Random(seed);
        }

        @Override
        public int nextInt(int bound) {
            return fixed < 0 ? random.nextInt(bound) : fixed;
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }

    /** Dials; the outcome is in {@link #dialled} or {@link #failures}. */
    void dial() {
        dial(DIAL_NANOS);
    }

    void dial(long timeoutNanos) {
        dial(TWO, timeoutNanos);
    }

    void dial(InetSocketAddress remote, long timeoutNanos) {
        oneLoop.turn(() ->
                one.connect(
                        oneLoop,
                        new InetSocketAddress(ONE.getAddress(), 0),
                        remote,
                        timeoutNanos,
                        new Transport.Dial() {
                            @Override
                            public void connected(Connection connection) {
                                dialled.add(connection);
                            }

                            @Override
                            public void failed(String reason) {
                                failures.add(reason);
                            }
                        }));
    }

    /** A connection whose both ends are there; the accepted end has moved to its own loop. */
    Pair pair() {
        dial();
        if (!net.time.runUntil(() -> !dialled.isEmpty(), Duration.ofMinutes(1))) {
            throw new IllegalStateException("no connection: " + failures);
        }
        Connection from = dialled.removeLast();
        Sink fromSink = new Sink(from);
        on(from, () -> from.start(fromSink));
        fromSink.send(new byte[] {42}); // who accepts hears of it with the first packet
        if (!net.time.runUntil(() -> !accepted.isEmpty(), Duration.ofMinutes(1))) {
            throw new IllegalStateException("nothing was accepted");
        }
        Connection to = accepted.removeLast();
        Sink toSink = new Sink(to);
        on(to, () -> to.moveTo(twoLoop, () -> to.start(toSink)));
        if (!net.time.runUntil(() -> toSink.received.size() == 1, Duration.ofMinutes(1))) {
            throw new IllegalStateException("the greeting did not arrive");
        }
        toSink.received.reset();
        return new Pair(fromSink, toSink);
    }

    /** The two ends of a connection. */
    record Pair(Sink from, Sink to) {}

    /** Does something on the loop of a connection. */
    static void on(Connection connection, Step step) {
        EventLoop loop = connection.loop();
        if (loop instanceof VirtualLoop virtual) {
            virtual.turn(() -> {
                try {
                    step.run();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        } else {
            throw new IllegalStateException("on " + loop);
        }
    }

    /** What is done. */
    interface Step {
        void run() throws IOException;
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
