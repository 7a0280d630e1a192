package org.bittern.engine.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
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
     * Opens all sockets or none.
     *
     * @throws EngineException PORT_IN_USE: which address and port
     */
    static Listening open(
            List<Transport> transports, Settings settings, Consumer<Connection> acceptor) {
        int wanted = settings.get(EngineSettings.PEER_PORT);
        Binding binding = Binding.of(settings);
        int tries = wanted == 0 ? FREE_PORT_TRIES : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                return open(transports, binding, wanted, acceptor);
            } catch (EngineException e) {
                if (attempt == tries) {
                    throw e;
                }
            }
        }
    }

    private static Listening open(
            List<Transport> transports,
            Binding binding,
            int wanted,
            Consumer<Connection> acceptor) {
        List<Transport.Listener> open = new ArrayList<>();
        int port = wanted;
        try {
            for (Transport transport : transports) {
                List<Transport.Listener> heard = listen(transport, binding, port, acceptor);
                open.addAll(heard);
                port = heard.isEmpty() ? port : heard.getFirst().local().getPort();
            }
        } catch (EngineException e) {
            open.forEach(Transport.Listener::close);
            throw e;
        }
        return new Listening(List.copyOf(open), open.isEmpty() ? 0 : port);
    }

    /**
     * Listens on all addresses. One that fails beside one that works is no error: a machine without
     * IPv6 has no ::, and a socket on :: collides with a narrower one for IPv4.
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
                log.debug("cannot listen on {} {}: {}", transport.name(), local, e.getMessage());
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
        InetAddress v4 = binding.v4();
        if (v4 != null && !binding.listen().contains(v4)) {
            try {
                return transport.listen(new InetSocketAddress(v4, failed.getPort()), acceptor);
            } catch (IOException e) {
                log.debug(
                        "cannot listen on {} {} either: {}", transport.name(), v4, e.getMessage());
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

    @Override
    public void close() {
        listeners.forEach(Transport.Listener::close);
    }
}
