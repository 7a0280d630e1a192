package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Route;
import org.bittern.spi.net.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in from outside: listening sockets, port mapping, filters. Owned by the {@link Clerk},
 * who does one thing at a time; at start by the starting thread.
 */
final class Doorway {
    private static final Logger log = LoggerFactory.getLogger(Doorway.class);

    private static final List<Setting<?>> LISTENING =
            List.of(
                    NetworkSettings.PEER_PORT,
                    NetworkSettings.BIND_ADDRESS_IPV4,
                    NetworkSettings.BIND_ADDRESS_IPV6,
                    NetworkSettings.BIND_INTERFACE,
                    NetworkSettings.PROXY_TYPE,
                    NetworkSettings.PROXY_PEER_CONNECTIONS,
                    NetworkSettings.PROXY_INCOMING_CONNECTIONS,
                    NetworkSettings.TCP_ENABLED,
                    NetworkSettings.UTP_ENABLED);

    /** A socket of a transport that is being exchanged may be in the way for a moment. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** From one look at sockets that could not be opened to the next. */
    private static final long COMPLETE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SessionScope scope;
    private final Registry registry;
    private final Clerk clerk;
    private final List<Subscription> filterWatches = new ArrayList<>();
    private final MappedPort mapped;
    private Listening listening = Listening.nowhere();
    private int knownPort; // what others know, also while nothing listens
    private boolean completing; // a look is due
    private boolean closed;

    Doorway(SessionScope scope, Registry registry, Clerk clerk) {
        this.scope = scope;
        this.registry = registry;
        this.clerk = clerk;
        mapped = new MappedPort(scope, registry, clerk);
    }

    /** Listens for the first time. */
    void open(Settings settings) {
        warnIfShut(scope.binding());
        route(settings, scope.binding());
        tellObedient(settings);
        listen(settings, scope.binding());
        mapped.look();
        watchFilters();
    }

    /** Puts settings in force; when listening fails nothing has changed. */
    void change(Settings before, Settings after) {
        Binding binding = Binding.of(after, scope.parts().surroundings().interfaces());
        ProxySettings.check(before, after); // throws when it is wrong, before anything has changed
        boolean moved =
                !binding.equals(scope.binding())
                        || LISTENING.stream()
                                .anyMatch(key -> !before.get(key).equals(after.get(key)));
        if (moved) {
            move(before, after, binding);
            warnIfShut(binding);
        }
        route(after, binding);
        tellObedient(after);
        scope.use(after, binding);
        mapped.look();
    }

    /** Interfaces may have come or gone. */
    void interfacesChanged() {
        Settings settings = scope.settings();
        Binding before = scope.binding();
        Binding binding = Binding.of(settings, scope.parts().surroundings().interfaces());
        if (closed || binding.equals(before)) {
            return;
        }
        warnIfShut(binding);
        route(settings, binding); // first of all: what is gone must not be left by another way
        scope.use(settings, binding);
        listenAgain();
        mapped.look();
        for (TorrentHandle torrent : registry.all()) {
            torrent.loop()
                    .execute(() -> torrent.core().commands().interfacesChanged(before, binding));
        }
    }

    private static void warnIfShut(Binding binding) {
        if (!binding.isOpen()) {
            log.warn("the interface to bind to is not there: nothing goes out until it is");
        }
    }

    private void route(Settings settings, Binding binding) {
        Route route =
                new Route(
                        binding.isOpen(),
                        ProxySettings.of(settings),
                        ProxySettings.coversPeers(settings),
                        binding.senders());
        scope.parts().egress().ifPresent(egress -> egress.use(route));
    }

    /** Filters and the like have their rules before anybody is talked to. */
    private void tellObedient(Settings settings) {
        for (SessionPart part : scope.parts().obedient()) {
            part.obey(settings, scope.archive().directory());
        }
    }

    private void move(Settings before, Settings after, Binding binding) {
        boolean samePort =
                before.get(NetworkSettings.PEER_PORT).equals(after.get(NetworkSettings.PEER_PORT));
        if (!samePort) {
            Listening old = listening;
            listen(after, binding);
            old.close();
            return;
        }
        int port = listening.port();
        listening.close(); // the old sockets are in the way of the new ones
        try {
            listen(onPort(after, port), binding);
        } catch (EngineException e) {
            listen(onPort(before, port), scope.binding());
            throw e;
        }
    }

    /** The same settings with the port that others know already, if there is one. */
    private static Settings onPort(Settings settings, int port) {
        return port == 0 ? settings : settings.with(NetworkSettings.PEER_PORT, port);
    }

    private void listen(Settings settings, Binding binding) {
        if (!ProxySettings.listens(settings) || !binding.isOpen()) {
            listening = Listening.nowhere();
            scope.listeningOn(0);
            return;
        }
        List<Transport> transports = new ArrayList<>();
        for (Transport transport : scope.parts().transports()) {
            boolean tcp = transport.name().equals("tcp");
            boolean carried = tcp || !ProxySettings.coversPeers(settings);
            if (carried
                    && settings.get(
                            tcp ? NetworkSettings.TCP_ENABLED : NetworkSettings.UTP_ENABLED)) {
                transports.add(tcp ? 0 : transports.size(), transport);
            }
        }
        int port = settings.get(NetworkSettings.PEER_PORT);
        listening = Listening.open(transports, binding, port, this::accepted);
        scope.listeningOn(listening.port());
        completeLater();
    }

    /** A port or an address that could not be had may be free by and by. */
    private void completeLater() {
        if (!completing && !listening.isComplete()) {
            completing = true;
            later(COMPLETE_NANOS, this::complete);
        }
    }

    private void complete() {
        completing = false;
        if (!closed) {
            listening = listening.completed(this::accepted);
            completeLater();
        }
    }

    private void later(long nanos, Runnable task) {
        EventLoop loop = scope.parts().loops().loops().getFirst();
        loop.schedule(nanos, () -> clerk.tell(task));
    }

    private void accepted(Connection connection) {
        scope.parts()
                .protocol()
                .ifPresentOrElse(
                        protocol -> protocol.accept(connection, registry), connection::close);
    }

    /** A part came or went. */
    void partChanged(Parts.Part part) {
        if (closed) {
            return;
        }
        switch (part) {
            case EGRESS -> route(scope.settings(), scope.binding());
            case TRANSPORT -> {
                listenAgain();
                if (scope.listenPort() > 0) { // else for a moment only: the mapping stays
                    mapped.look();
                }
                for (TorrentHandle torrent : registry.all()) {
                    torrent.loop().execute(torrent.core().dialler()::forgive);
                }
            }
            case MAPPER -> mapped.look();
            case OBEDIENT -> tellObedient(scope.settings());
            case FILTER -> {
                watchFilters();
                filtersChanged();
            }
            case PROTOCOL, STORE, FINDER, WEB_SEEDS -> {}
        }
    }

    private void listenAgain() {
        knownPort = listening.port() > 0 ? listening.port() : knownPort;
        listening.close();
        try {
            listen(onPort(scope.settings(), knownPort), scope.binding());
        } catch (EngineException e) {
            listening = Listening.nowhere();
            scope.listeningOn(0);
            log.info("{}; it is tried again", e.getMessage());
            later(RETRY_NANOS, () -> partChanged(Parts.Part.TRANSPORT));
        }
    }

    private void watchFilters() {
        filterWatches.forEach(Subscription::close);
        filterWatches.clear();
        for (IpFilter filter : scope.parts().filters()) {
            filterWatches.add(filter.onChange(this::filtersChanged));
        }
    }

    private void filtersChanged() {
        int rules = scope.parts().filters().stream().mapToInt(IpFilter::rules).sum();
        for (TorrentHandle torrent : registry.all()) {
            torrent.loop().execute(torrent.core().swarm()::filtersChanged);
        }
        scope.publish(
                new EngineEvent.BlocklistUpdated(
                        scope.parts().loops().loops().getFirst().now(), rules));
    }

    /** The ports are free when this returns. */
    void close() {
        closed = true;
        mapped.close();
        filterWatches.forEach(Subscription::close);
        filterWatches.clear();
        listening.close();
        listening = Listening.nowhere();
    }
}
