package org.bittern.utp.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** uTP: listens and dials on UDP ports that it shares with the DHT. Thread-safe. */
@Component(property = Transport.NAME + "=" + UtpTransport.UTP)
public final class UtpTransport implements Transport {
    static final String UTP = "utp";

    /** Memory for packets of all connections together. */
    static final long BUDGET_BYTES = 48L << 20;

    private static final long GOODBYE_SECONDS = 1;
    private static final Logger log = LoggerFactory.getLogger(UtpTransport.class);

    private final Datagrams datagrams;
    private final RandomGenerator random;
    private final Executor workers;
    private final MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);

    // Held while a socket is opened or closed, which waits for loops; so a loop must never wait for
    // it. Who stops waits for it: when a bundle has gone nothing of it may be under way.
    private final ReentrantLock sockets = new ReentrantLock();

    // Guarded by itself, for moments only.
    private final List<Endpoint> endpoints = new ArrayList<>();
    private boolean stopped;

    @Activate
    public UtpTransport(@Reference Datagrams datagrams) {
        this(
                datagrams,
                new SecureRandom(),
                task -> Thread.ofVirtual().name("utp-socket").start(task));
    }

    /**
     * @param random thread-safe, cannot be guessed
     * @param workers for what may block: opening a socket
     */
    UtpTransport(Datagrams datagrams, RandomGenerator random, Executor workers) {
        this.datagrams = datagrams;
        this.random = random;
        this.workers = workers;
    }

    @Override
    public String name() {
        return UTP;
    }

    /** Memory for packets in use. */
    MemoryBudget budget() {
        return budget;
    }

    @Override
    public Listener listen(InetSocketAddress local, Consumer<Connection> acceptor)
            throws IOException {
        sockets.lock();
        try {
            synchronized (endpoints) {
                Endpoint known = at(local);
                if (known != null) {
                    if (known.isListening()) {
                        throw new IOException("uTP listens on " + local + " already");
                    }
                    known.listen(acceptor);
                    return new Listening(known);
                }
            }
            return new Listening(open(local, acceptor));
        } finally {
            sockets.unlock();
        }
    }

    private @Nullable Endpoint at(InetSocketAddress local) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.local().equals(local)) {
                return endpoint;
            }
        }
        return null;
    }

    private Endpoint open(InetSocketAddress local, @Nullable Consumer<Connection> acceptor)
            throws IOException {
        Endpoint endpoint = new Endpoint(random, budget, this::idle, acceptor);
        Datagrams.Port port = datagrams.open(local, endpoint);
        endpoint.opened(port);
        boolean added = false;
        synchronized (endpoints) {
            if (!stopped) {
                added = endpoints.add(endpoint);
            }
        }
        if (!added) {
            port.close();
            throw new IOException("uTP has stopped");
        }
        return endpoint;
    }

    @Override
    public void connect(
            EventLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutNanos,
            Dial handler) {
        loop.assertOwner();
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException(
                    "timeout of " + timeoutNanos + " ns, 1 or more allowed");
        }
        if (remote.getAddress() == null) {
            throw new IllegalArgumentException(remote + " was not resolved");
        }
        Dialling dialling = new Dialling(loop, local, remote, timeoutNanos, handler);
        if (!dial(dialling)) {
            workers.execute(() -> openAndDial(dialling));
        }
    }

    /** Who wants to be connected with whom. */
    private record Dialling(
            EventLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutNanos,
            Dial handler) {}

    /** Dials from a socket that is there; false when there is none. */
    private boolean dial(Dialling dialling) {
        synchronized (endpoints) {
            Endpoint endpoint = from(dialling.local.getAddress(), dialling.remote.getAddress());
            if (endpoint == null) {
                return false;
            }
            endpoint.dial(dialling.loop, dialling.remote, dialling.timeoutNanos, dialling.handler);
            return true;
        }
    }

    private @Nullable Endpoint from(InetAddress local, InetAddress remote) {
        for (Endpoint endpoint : endpoints) {
            InetAddress bound = endpoint.local().getAddress();
            boolean any = bound.isAnyLocalAddress() && local.isAnyLocalAddress();
            boolean speaks = !(bound instanceof Inet4Address) || remote instanceof Inet4Address;
            // Who names this very address may mean a peer of the other family: by a proxy.
            if (bound.equals(local) || (any && speaks)) {
                return endpoint;
            }
        }
        return null;
    }

    private void openAndDial(Dialling dialling) {
        String failure = "the socket was closed";
        sockets.lock();
        try {
            synchronized (endpoints) {
                if (from(dialling.local.getAddress(), dialling.remote.getAddress()) == null) {
                    failure = "";
                }
            }
            if (failure.isEmpty()) {
                open(dialling.local, null);
                failure = "the socket was closed";
            }
        } catch (IOException e) {
            failure = e.getMessage() == null ? e.toString() : e.getMessage();
        } finally {
            sockets.unlock();
        }
        String reason = failure;
        Loops.handedTo(
                dialling.loop,
                () -> {
                    if (!dial(dialling)) {
                        dialling.handler.failed(reason);
                    }
                });
    }

    /** Nobody uses an endpoint any more, unless somebody is just about to. */
    private void idle(Endpoint endpoint) {
        Loops.handedTo(endpoint.loop(), () -> closeIfIdle(endpoint));
    }

    private void closeIfIdle(Endpoint endpoint) {
        boolean removed;
        synchronized (endpoints) {
            removed = endpoint.isIdle() && endpoints.remove(endpoint);
        }
        if (removed) {
            endpoint.port().close();
        }
    }

    /** Connections of all endpoints. */
    int connections() {
        synchronized (endpoints) {
            return endpoints.stream().mapToInt(Endpoint::connections).sum();
        }
    }

    /** Breaks all connections and tells the other sides; sockets are closed when that is done. */
    List<Goodbye> stopSoon() {
        List<Endpoint> all;
        synchronized (endpoints) {
            stopped = true;
            all = List.copyOf(endpoints);
            endpoints.clear();
        }
        List<Goodbye> goodbyes = new ArrayList<>();
        for (Endpoint endpoint : all) {
            endpoint.listen(null);
            goodbyes.add(new Goodbye(endpoint, endpoint.abort("uTP has stopped")));
        }
        return goodbyes;
    }

    /** An endpoint that ends, and its connections that still have to. */
    record Goodbye(Endpoint endpoint, CountDownLatch left) {}

    @Deactivate
    void stop() {
        List<Goodbye> goodbyes = stopSoon();
        sockets.lock();
        try {
            end(goodbyes);
        } finally {
            sockets.unlock();
        }
    }

    /** Waits until the other sides are told, for a moment only, and frees the ports. */
    private static void end(List<Goodbye> goodbyes) {
        try {
            for (Goodbye goodbye : goodbyes) {
                if (!goodbye.left.await(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                    log.debug("{} connections were not told of the end", goodbye.left.getCount());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        goodbyes.forEach(goodbye -> goodbye.endpoint.port().close());
    }

    /** Listening on one endpoint. */
    private final class Listening implements Listener {
        private final Endpoint endpoint;
        private final AtomicBoolean closed = new AtomicBoolean();

        Listening(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public InetSocketAddress local() {
            return endpoint.local();
        }

        /** Connections of the port break: it could not be given to anybody else before they end. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                sockets.lock();
                try {
                    synchronized (endpoints) {
                        endpoints.remove(endpoint);
                    }
                    endpoint.listen(null);
                    end(List.of(new Goodbye(endpoint, endpoint.abort("its port was closed"))));
                } finally {
                    sockets.unlock();
                }
            }
        }
    }
}
