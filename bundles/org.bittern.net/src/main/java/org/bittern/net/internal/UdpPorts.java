package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Route;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * UDP ports that several bundles share. The table of sockets belongs to the listener loop. Where
 * peers are reached through a proxy, datagrams go through it, too, or nowhere.
 */
@Component
public final class UdpPorts implements Datagrams {
    private final SelectorLoop loop;
    private final RoutedEgress egress;
    private final Map<InetSocketAddress, UdpSocket> sockets = new HashMap<>();
    private final Runnable routeChanged = this::routeChanged; // the same whenever it is named

    @Activate
    public UdpPorts(@Reference SelectorLoops loops, @Reference RoutedEgress egress) {
        this.egress = egress;
        loop = loops.listenerLoop();
        egress.whenChanged(routeChanged);
    }

    @Override
    public Port open(InetSocketAddress local, Receiver receiver) throws IOException {
        AtomicReference<@Nullable Port> opened = new AtomicReference<>();
        Handover.run(loop, () -> opened.set(join(local, receiver)));
        Port port = opened.get();
        if (port == null) {
            throw new IllegalStateException("handover without a result");
        }
        return port;
    }

    SelectorLoop loop() {
        return loop;
    }

    /** The route in force. */
    Route route() {
        return egress.route();
    }

    /** Asks the proxy of a route to carry datagrams. Blocks. */
    Association associate(Route route) throws IOException {
        return egress.associate(
                route, route.peerProxy().orElseThrow(() -> new IOException("there is no proxy")));
    }

    private void routeChanged() {
        loop.executeIfAlive(() -> sockets.values().forEach(UdpSocket::routeChanged));
    }

    @Deactivate
    void stop() {
        egress.forget(routeChanged);
    }

    /** Whether a filter drops datagrams to and from there. */
    boolean filtered(InetAddress address) {
        return egress.blocked(address);
    }

    /** The last user of a socket has left. Loop only. */
    void forget(UdpSocket socket) {
        sockets.remove(socket.local(), socket);
    }

    /** A socket on the wildcard takes both families, whichever wildcard it was bound to. */
    private @Nullable UdpSocket shared(InetSocketAddress local) {
        UdpSocket exact = sockets.get(local);
        if (exact != null || local.isUnresolved() || !local.getAddress().isAnyLocalAddress()) {
            return exact;
        }
        for (UdpSocket socket : sockets.values()) {
            InetSocketAddress bound = socket.local();
            if (bound.getPort() == local.getPort() && bound.getAddress().isAnyLocalAddress()) {
                return socket;
            }
        }
        return null;
    }

    private Port join(InetSocketAddress local, Receiver receiver) throws IOException {
        UdpSocket socket = shared(local);
        if (socket == null) {
            socket = UdpSocket.bind(this, local);
            sockets.put(socket.local(), socket);
        }
        return socket.join(receiver);
    }
}
