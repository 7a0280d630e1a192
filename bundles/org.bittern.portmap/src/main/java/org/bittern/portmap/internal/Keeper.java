package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.api.engine.PortForwarding.Forwarding;
import org.bittern.portmap.internal.MapMethod.Kind;
import org.bittern.portmap.internal.MapMethod.Mapped;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one port mapped, TCP and UDP, until it is closed: by the first method that works, renewed
 * in time. Works on a thread of its own; what it shows is volatile.
 */
final class Keeper implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Keeper.class);

    private final int port;
    private final Supplier<List<MapMethod>> methods;
    private final Pace pace;
    private final Consumer<InetSocketAddress> mapped;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile Forwarding forwarding;
    private @Nullable MapMethod working; // null until one has worked
    private int external;

    /**
     * When to ask again.
     *
     * @param retry after everything has failed
     * @param least between renewals, whatever a gateway says
     * @param most likewise
     */
    record Pace(Duration retry, Duration least, Duration most) {
        static final Pace USUAL =
                new Pace(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofMinutes(30));

        /** Half of the lifetime, within bounds. */
        Duration renewal(long lifetimeSeconds) {
            Duration half = Duration.ofSeconds(lifetimeSeconds).dividedBy(2);
            if (lifetimeSeconds == 0 || half.compareTo(most) > 0) {
                return most;
            }
            return half.compareTo(least) < 0 ? least : half;
        }
    }

    /**
     * @param methods asked for anew whenever none works: the network may be another
     */
    Keeper(
            int port,
            Supplier<List<MapMethod>> methods,
            Pace pace,
            Consumer<InetSocketAddress> mapped) {
        this.port = port;
        this.methods = methods;
        this.pace = pace;
        this.mapped = mapped;
        external = port;
        forwarding = new Forwarding(port, "", 0, Optional.empty(), "no gateway has answered yet");
    }

    int port() {
        return port;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    /** Ends; the mapping is given back soon. */
    void close() {
        closed.countDown();
    }

    /** Waits until it has ended, and what it had mapped is given back. */
    void awaitGone(Duration most) throws InterruptedException {
        if (!gone.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("the mapping of port {} may be left behind", port);
        }
    }

    @Override
    public void run() {
        try {
            Duration next = Duration.ZERO;
            while (!closed.await(next.toMillis(), TimeUnit.MILLISECONDS)) {
                next = round();
            }
            giveBack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gone.countDown();
        }
    }

    /** Maps or renews; returns when to do so again. */
    private Duration round() {
        List<MapMethod> candidates = new ArrayList<>();
        if (working != null) {
            candidates.add(working);
        }
        candidates.addAll(methods.get());
        String problem = "there is no gateway";
        for (MapMethod method : candidates) {
            if (closed.getCount() == 0) {
                return Duration.ZERO;
            }
            try {
                return pace.renewal(mapBoth(method));
            } catch (IOException e) {
                problem = method.name() + ": " + e.getMessage();
                log.debug("port {}: {}", port, problem);
            }
        }
        working = null;
        external = port;
        forwarding = new Forwarding(port, "", 0, Optional.empty(), problem);
        return pace.retry;
    }

    /** Returns the shorter lifetime in seconds. */
    private long mapBoth(MapMethod method) throws IOException {
        Mapped tcp = checked(method.map(Kind.TCP, port, external));
        boolean first = !method.equals(working) || tcp.port() != external;
        working = method;
        external = tcp.port();
        long lifetime = tcp.lifetimeSeconds();
        try {
            Mapped udp = checked(method.map(Kind.UDP, port, external));
            if (udp.port() != external) {
                method.unmap(Kind.UDP, port, udp.port()); // one number for both or none
            } else if (udp.lifetimeSeconds() > 0) {
                lifetime =
                        lifetime == 0
                                ? udp.lifetimeSeconds()
                                : Math.min(lifetime, udp.lifetimeSeconds());
            }
        } catch (IOException e) {
            log.debug("port {} is mapped for TCP only: {}", port, e.getMessage());
        }
        forwarding = new Forwarding(port, method.name(), external, tcp.address(), "");
        if (first) {
            InetAddress address = tcp.address().orElse(InetAddress.ofLiteral("0.0.0.0"));
            log.info(
                    "port {} is reachable at {} port {} ({})",
                    port,
                    address.getHostAddress(),
                    external,
                    method.name());
            mapped.accept(new InetSocketAddress(address, external));
        }
        return lifetime;
    }

    private static Mapped checked(Mapped mapped) throws IOException {
        if (mapped.port() < 1 || mapped.port() > 65_535) {
            throw new IOException("the gateway maps port " + mapped.port());
        }
        return mapped;
    }

    private void giveBack() {
        MapMethod method = working;
        if (method == null) {
            return;
        }
        for (Kind kind : Kind.values()) {
            try {
                method.unmap(kind, port, external);
            } catch (IOException e) {
                log.debug("giving back {} port {}: {}", kind, external, e.getMessage());
            }
        }
        forwarding = new Forwarding(port, "", 0, Optional.empty(), "given back");
    }
}
