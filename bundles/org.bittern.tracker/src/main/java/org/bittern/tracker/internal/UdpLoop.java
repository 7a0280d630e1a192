package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;

/** The UDP sockets of one loop: one for each address that we send from. Owned by that loop. */
final class UdpLoop {
    /** So long a socket without an exchange stays open; its connection ids are stale then. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final EventLoop loop;
    private final Threads threads;
    private final Egress egress;
    private final RandomGenerator random;
    private final UdpExchange.Schedule schedule;
    private final Map<InetAddress, UdpEndpoint> endpoints = new HashMap<>();
    private boolean watched;
    private boolean closed;

    UdpLoop(
            EventLoop loop,
            Threads threads,
            Egress egress,
            RandomGenerator random,
            UdpExchange.Schedule schedule) {
        this.loop = loop;
        this.threads = threads;
        this.egress = egress;
        this.random = random;
        this.schedule = schedule;
    }

    /** Asks one address of a tracker; {@code done} hears of it once. */
    void ask(
            InetSocketAddress remote,
            Binding bound,
            UdpExchange.Question question,
            Consumer<UdpExchange.Result> done) {
        if (closed) {
            return;
        }
        try {
            InetAddress address = remote.getAddress(); // null where a proxy looks it up
            InetAddress local =
                    address == null
                            ? anyLocal(true)
                            : bound.local(address)
                                    .orElse(anyLocal(address instanceof Inet4Address));
            UdpEndpoint endpoint = endpoint(local);
            new UdpExchange(endpoint, remote, question, schedule, done).start();
        } catch (IOException e) {
            done.accept(new UdpExchange.Result(Optional.empty(), "no socket: " + e.getMessage()));
        }
    }

    private static InetAddress anyLocal(boolean ipv4) {
        return InetAddress.ofLiteral(ipv4 ? "0.0.0.0" : "::");
    }

    private UdpEndpoint endpoint(InetAddress local) throws IOException {
        UdpEndpoint endpoint = endpoints.get(local);
        if (endpoint != null && !endpoint.isFor(egress.route())) {
            endpoint.close(); // whoever waits there must not send around a new proxy
        }
        if (endpoint == null || endpoint.isClosed()) {
            endpoint = new UdpEndpoint(loop, threads, random, egress, local);
            endpoints.put(local, endpoint);
        }
        if (!watched) {
            watched = true;
            loop.schedule(IDLE_NANOS, this::closeIdle);
        }
        return endpoint;
    }

    private void closeIdle() {
        endpoints
                .values()
                .removeIf(endpoint -> {
                    if (endpoint.isIdle()) {
                        endpoint.close();
                    }
                    return endpoint.isClosed();
                });
        watched = !endpoints.isEmpty();
        if (watched) {
            loop.schedule(IDLE_NANOS, this::closeIdle);
        }
    }

    /** Closes all sockets; nobody who waits hears of it. */
    void close() {
        closed = true;
        endpoints.values().forEach(UdpEndpoint::close);
        endpoints.clear();
    }
}
