package org.bittern.engine.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets of a session: one port, over each transport on each address. Immutable once
 * open; a change of settings opens new ones.
 */
final class Listening implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listening.class);

    /** How often a free port is looked for that all transports can have. */
    private static final int FREE_PORT_TRIES = 10;

    private final List<Transport.Listener> listeners;
    private final int port;

    private Listening(List<Transport.Listener> listeners, int port) {
        this.listeners = listeners;
        this.port = port;
    }

    /** Listens nowhere. */
    static Listening nowhere() {
        return new Listening(List.of(), 0);
    }

    /**
     * Opens a socket of each transport. On a port that the user chose TCP is enough: better to be
     * reached that way only than not to run.
     *
     * @param wanted 0: any port that all transports can have
     * @throws EngineException PORT_IN_USE: which address and port
     */
    static Listening open(
            List<Transport> transports,
            Binding binding,
            int wanted,
            Consumer<Connection> acceptor) {
        int tries = wanted == 0 ? FREE_PORT_TRIES : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(transports, binding, wanted, acceptor);
            } catch (EngineException e) {
                if (attempt == tries) {
                    throw e;
                }
            }
        }
    }

    private static Listening attempt(
            List<Transport> transports,
            Binding binding,
            int wanted,
            Consumer<Connection> acceptor) {
        List<Transport.Listener> open = new ArrayList<>();
        int port = wanted;
        try {
            for (Transport transport : transports) {
                if (wanted == 0 || open.isEmpty()) {
                    open.addAll(listen(transport, binding, port, acceptor));
                } else {
                    open.addAll(besides(transport, binding, port, acceptor));
                }
                port = portAfter(open, port);
            }
        } catch (EngineException e) {
            open.forEach(Transport.Listener::close);
            throw e;
        }
        return new Listening(List.copyOf(open), open.isEmpty() ? 0 : port);
    }

    private static List<Transport.Listener> besides(
            Transport transport, Binding binding, int port, Consumer<Connection> acceptor) {
        try {
            return listen(transport, binding, port, acceptor);
        } catch (EngineException e) {
            log.warn("{}; going on without it", e.getMessage());
            return List.of();
        }
    }

    /**
     * Listens on all addresses. One that fails beside one that works is told and no error: it may
     * be of an interface that is about to come or to go.
     */
    private static List<Transport.Listener> listen(
            Transport transport, Binding binding, int port, Consumer<Connection> acceptor) {
        List<Transport.Listener> heard = new ArrayList<>();
        InetSocketAddress failed = null;
        IOException failure = null;
        for (InetAddress address : binding.listen()) {
            InetSocketAddress local = new InetSocketAddress(address, portAfter(heard, port));
            try {
                heard.add(transport.listen(local, acceptor));
            } catch (IOException e) {
                log.info("cannot listen on {} {}: {}", transport.name(), local, e.getMessage());
                failed = failed == null ? local : failed;
                failure = failure == null ? e : failure;
            }
        }
        if (heard.isEmpty() && failed != null && failure != null) {
            return List.of(withoutIpv6(transport, binding, failed, failure, acceptor));
        }
        return heard;
    }

    private static int portAfter(List<Transport.Listener> heard, int port) {
        return heard.isEmpty() ? port : heard.getFirst().local().getPort();
    }

    private static Transport.Listener withoutIpv6(
            Transport transport,
            Binding binding,
            InetSocketAddress failed,
            IOException failure,
            Consumer<Connection> acceptor) {
        Optional<InetAddress> v4 = binding.insteadOfDual();
        if (v4.isPresent()) {
            InetSocketAddress local = new InetSocketAddress(v4.get(), failed.getPort());
            try {
                return transport.listen(local, acceptor);
            } catch (IOException e) {
                log.debug("nor on {} {}: {}", transport.name(), local, e.getMessage());
            }
        }
        throw new EngineException(
                EngineException.Code.PORT_IN_USE,
                "cannot listen on %s port %d (%s): %s"
                        .formatted(
                                failed.getAddress().getHostAddress(),
                                failed.getPort(),
                                transport.name(),
                                failure.getMessage()),
                failure);
    }

    /** The real port, 0 when nothing listens. */
    int port() {
        return port;
    }

    /** A transport that has gone, which took its sockets along, is in nobody's way. */
    @Override
    public void close() {
        for (Transport.Listener listener : listeners) {
            try {
                listener.close();
            } catch (RuntimeException | LinkageError e) {
                log.warn("a listening socket was not closed in order", e);
            }
        }
    }
}
