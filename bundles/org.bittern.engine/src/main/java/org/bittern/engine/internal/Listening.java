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
import org.slf4j.event.Level;

/**
 * The listening sockets of a session: one port, over each transport on each address. Immutable once
 * open; a change of settings opens new ones.
 */
final class Listening implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listening.class);

    /** How often a free port is looked for that all transports can have. */
    private static final int FREE_PORT_TRIES = 10;

    private final List<Transport.Listener> listeners;
    private final List<Place> missing;
    private final int port;

    private Listening(List<Transport.Listener> listeners, List<Place> missing, int port) {
        this.listeners = List.copyOf(listeners);
        this.missing = List.copyOf(missing);
        this.port = port;
    }

    /**
     * Where there is to be a socket.
     *
     * @param instead where else on a machine without {@code ::}
     */
    private record Place(Transport transport, InetAddress address, Optional<InetAddress> instead) {
        Transport.Listener open(int port, Consumer<Connection> acceptor) throws IOException {
            try {
                return transport.listen(new InetSocketAddress(address, port), acceptor);
            } catch (IOException e) {
                if (instead.isEmpty()) {
                    throw e;
                }
                try {
                    return transport.listen(new InetSocketAddress(instead.get(), port), acceptor);
                } catch (IOException second) {
                    e.addSuppressed(second);
                    throw e;
                }
            }
        }

        EngineException taken(int port, IOException e) {
            return new EngineException(
                    EngineException.Code.PORT_IN_USE,
                    "cannot listen on " + at(port) + ": " + e.getMessage(),
                    e);
        }

        String at(int port) {
            return "%s port %d (%s)".formatted(address.getHostAddress(), port, transport.name());
        }
    }

    /** Listens nowhere. */
    static Listening nowhere() {
        return new Listening(List.of(), List.of(), 0);
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
        List<Place> missing = new ArrayList<>();
        int port = wanted;
        for (Transport transport : transports) {
            boolean needed = wanted == 0 || open.isEmpty();
            int before = open.size();
            EngineException failure = null;
            for (Place place : places(transport, binding)) {
                try {
                    open.add(place.open(port, acceptor));
                    port = open.getFirst().local().getPort();
                } catch (IOException e) {
                    missing.add(place);
                    failure = failure == null ? place.taken(port, e) : failure;
                }
            }
            boolean none = open.size() == before;
            if (failure != null && none && needed) {
                open.forEach(Transport.Listener::close);
                throw failure;
            }
            if (failure != null) { // an address may be of an interface that comes or goes
                log.atLevel(none ? Level.WARN : Level.INFO)
                        .log("{}; going on without it, and trying again", failure.getMessage());
            }
        }
        return new Listening(open, missing, open.isEmpty() ? 0 : port);
    }

    private static List<Place> places(Transport transport, Binding binding) {
        return binding.listen().stream()
                .map(address -> new Place(transport, address, binding.insteadOfDual()))
                .toList();
    }

    /**
     * The same sockets and, where there was none, those that can be opened by now: the port may
     * have been that of a process which was about to go, or the address one that was about to come.
     * This one must not be used any more.
     */
    Listening completed(Consumer<Connection> acceptor) {
        List<Transport.Listener> open = new ArrayList<>(listeners);
        List<Place> still = new ArrayList<>();
        for (Place place : missing) {
            try {
                Transport.Listener listener = place.open(port, acceptor);
                open.add(listener);
                String address = listener.local().getAddress().getHostAddress();
                log.info("now listening on {} ({}), too", address, place.transport().name());
            } catch (IOException | RuntimeException | LinkageError e) { // its bundle may have gone
                log.debug("still not listening on {}", place.at(port), e);
                still.add(place);
            }
        }
        return new Listening(open, still, port);
    }

    /** Whether there is a socket wherever there is to be one. */
    boolean isComplete() {
        return missing.isEmpty();
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
