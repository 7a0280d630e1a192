package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.port.PortMapper;

/**
 * The listening port as a router forwards it: asked for once, and left alone until something else
 * is to be forwarded. Owned by the {@link Clerk}; at start by the starting thread.
 */
final class MappedPort {
    private final SessionScope scope;
    private final Registry registry;
    private final Clerk clerk;
    private Optional<Wish> wish = Optional.empty();
    private Subscription mapping = () -> {};
    private int asked; // counts mappings, so that what is said of an older one is known as late

    /** What is to be mapped, and by whom. */
    private record Wish(PortMapper mapper, int port, List<InetAddress> senders) {}

    MappedPort(SessionScope scope, Registry registry, Clerk clerk) {
        this.scope = scope;
        this.registry = registry;
        this.clerk = clerk;
    }

    /** Something may have changed that the mapping depends on. */
    void look() {
        Optional<Wish> now = wish();
        if (now.equals(wish)) {
            return;
        }
        close();
        wish = now;
        int number = asked;
        now.ifPresent(wanted ->
                mapping =
                        wanted.mapper.map(
                                wanted.port,
                                wanted.senders,
                                outside -> clerk.tell(() -> mapped(number, outside))));
    }

    private Optional<Wish> wish() {
        int port = scope.listenPort();
        return port > 0 && scope.setting(NetworkSettings.PORT_FORWARDING_ENABLED)
                ? scope.parts()
                        .mapper()
                        .map(mapper -> new Wish(mapper, port, scope.binding().senders()))
                : Optional.empty();
    }

    /** Whoever knows our port is told of the one that others dial. */
    private void mapped(int number, InetSocketAddress outside) {
        if (number != asked) {
            return; // it came too late
        }
        boolean another = outside.getPort() != scope.reachablePort();
        scope.mappedTo(outside.getPort());
        for (TorrentHandle torrent : registry.all()) {
            torrent.loop().execute(() -> torrent.core().mapped(outside.getAddress(), another));
        }
    }

    /** Gives the mapping back, if there is one. */
    void close() {
        asked++;
        mapping.close();
        mapping = () -> {};
        wish = Optional.empty();
        scope.mappedTo(0);
    }
}
