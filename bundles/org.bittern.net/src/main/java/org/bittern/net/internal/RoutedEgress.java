package org.bittern.net.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.spi.filter.FiltersInForce;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The route of this process, filters, and blocking sockets that obey both. Thread-safe. Closed
 * until somebody says what the route is: nothing must go out before the settings are known.
 */
@Component(service = {Egress.class, RoutedEgress.class})
public final class RoutedEgress implements Egress {
    private final Ticker ticker;
    private final List<Runnable> hearers = new CopyOnWriteArrayList<>();
    private final FiltersInForce filters = new FiltersInForce();
    private volatile Route route = Route.CLOSED;
    private volatile @Nullable ProxyAddress proxyAddress; // null without a proxy

    @Activate
    public RoutedEgress() {
        this(Ticker.SYSTEM);
    }

    RoutedEgress(Ticker ticker) {
        this.ticker = ticker;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(IpFilter filter) {
        filters.add(filter);
    }

    void removeFilter(IpFilter filter) {
        filters.remove(filter);
    }

    @Override
    public void use(Route next) {
        proxyAddress =
                next.proxy()
                        .filter(proxy -> next.open()) // else its name is not looked up
                        .map(proxy -> new ProxyAddress(proxy, ticker))
                        .orElse(null);
        route = next;
        hearers.forEach(Runnable::run);
    }

    @Override
    public Route route() {
        return route;
    }

    @Override
    public Socket connect(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
            throws IOException {
        InetAddress address = to.getAddress();
        if (address != null && blocked(address)) {
            throw new IOException("the address is blocked");
        }
        return connectUnfiltered(to, from, timeout);
    }

    /** Whether a filter forbids the address: asked by all of this bundle. */
    boolean blocked(InetAddress address) {
        return filters.blocks(address);
    }

    /** The same for servers that the user named: no list may keep him from fetching the next. */
    Socket connectUnfiltered(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
            throws IOException {
        Route now = opened();
        Deadline deadline = Deadline.after(timeout, ticker::nanoTime);
        return now.proxy().isPresent()
                ? through(now.proxy().get(), now, to, deadline)
                : direct(now, to, from, deadline);
    }

    /** Calls somebody on any thread whenever another route is in force. */
    void whenChanged(Runnable hearer) {
        hearers.add(hearer);
    }

    void forget(Runnable hearer) {
        hearers.remove(hearer);
    }

    /**
     * How to dial a peer. Does not block.
     *
     * @param local where to dial from without a proxy
     * @throws IOException there is no way, or none yet
     */
    PeerWay wayTo(InetSocketAddress peer, InetSocketAddress local) throws IOException {
        Route now = opened();
        ProxyAddress there = proxyAddress;
        if (now.peerProxy().isEmpty()) {
            return new PeerWay(local, TcpDial.Destination.direct(peer));
        }
        if (there == null) {
            throw new IOException("the route is being changed");
        }
        ProxyServer proxy = now.peerProxy().get();
        InetSocketAddress address = new InetSocketAddress(there.known(), proxy.port());
        InetAddress from =
                local(now, Sockets.host(address)).orElse(anyLocal(Sockets.host(address)));
        return new PeerWay(
                new InetSocketAddress(from, 0),
                new TcpDial.Destination(peer, address, ProxyDialogue.connect(proxy, peer)));
    }

    private static InetAddress anyLocal(InetAddress remote) {
        return InetAddress.ofLiteral(remote instanceof Inet4Address ? "0.0.0.0" : "::");
    }

    /**
     * Checks that something may go out.
     *
     * @throws IOException nothing may
     */
    void requireOpen() throws IOException {
        opened();
    }

    private Route opened() throws IOException {
        Route now = route;
        if (!now.open()) {
            throw new IOException("the network is closed: the interface to bind to is not there");
        }
        return now;
    }

    private Socket direct(
            Route now, InetSocketAddress to, Optional<InetAddress> from, Deadline deadline)
            throws IOException {
        if (to.isUnresolved()) {
            throw new IOException("the host name was not looked up");
        }
        return connected(to, from.isPresent() ? from : local(now, Sockets.host(to)), deadline);
    }

    /** A connection to the proxy, and through it to the target. */
    private Socket through(ProxyServer proxy, Route now, InetSocketAddress to, Deadline deadline)
            throws IOException {
        ProxyDialogue dialogue = ProxyDialogue.connect(proxy, to);
        Socket socket = toProxy(proxy, now, deadline);
        return led(socket, dialogue, deadline);
    }

    private Socket led(Socket socket, ProxyDialogue dialogue, Deadline deadline)
            throws IOException {
        try {
            ProxiedStream.lead(socket, dialogue, deadline);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket toProxy(ProxyServer proxy, Route now, Deadline deadline) throws IOException {
        IOException failure = new IOException("the proxy's name has no address");
        for (InetAddress address : InetAddress.getAllByName(proxy.host())) {
            try {
                InetSocketAddress there = new InetSocketAddress(address, proxy.port());
                return connected(there, local(now, address), deadline);
            } catch (IOException e) {
                failure = new IOException("the proxy cannot be reached: " + Sockets.reason(e), e);
            }
        }
        throw failure;
    }

    private Socket connected(InetSocketAddress to, Optional<InetAddress> local, Deadline deadline)
            throws IOException {
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            if (local.isPresent()) {
                socket.bind(new InetSocketAddress(local.get(), 0));
            }
            socket.connect(to, deadline.millisLeft());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * The address to send from.
     *
     * @return empty when any will do
     * @throws IOException we are bound, but not in this family
     */
    private static Optional<InetAddress> local(Route now, InetAddress remote) throws IOException {
        if (now.bind().isEmpty()) {
            return Optional.empty();
        }
        for (InetAddress address : now.bind()) {
            if (Sockets.familyOf(address) == Sockets.familyOf(remote)) {
                return Optional.of(address);
            }
        }
        throw new IOException("not bound to an address of this family");
    }

    @Override
    public DatagramWay datagrams(InetAddress local) throws IOException {
        Route now = opened();
        return now.proxy().isEmpty()
                ? new DirectDatagrams(local)
                : ProxiedDatagrams.open(associate(now, now.proxy().get()), ticker);
    }

    /**
     * Asks a proxy to carry datagrams. Blocks.
     *
     * @throws IOException it cannot or does not want to
     */
    Association associate(Route now, ProxyServer proxy) throws IOException {
        if (!proxy.carriesDatagrams()) {
            throw new IOException("a proxy of this kind carries no datagrams");
        }
        Deadline deadline = Deadline.after(ProxiedDatagrams.OPENING, ticker::nanoTime);
        Socks5Dialogue dialogue =
                new Socks5Dialogue(
                        ProxyDialogue.Command.ASSOCIATE,
                        new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
                        proxy.login());
        Socket control = led(toProxy(proxy, now, deadline), dialogue, deadline);
        return Association.of(control, dialogue.bound());
    }
}
