package org.bittern.portmap.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bittern.api.engine.PortForwarding;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.port.PortMapper;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Maps ports at the default gateway: PCP, then NAT-PMP, then UPnP. Thread-safe. */
@Component
public final class GatewayPortMapper implements PortMapper, PortForwarding {
    private static final int TRIES = 4;
    private static final int SSDP_WAIT_MILLIS = 3000;
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    /** How long a mapping waits until the one before it of the same port is given back. */
    private static final Duration HANDOVER = Duration.ofSeconds(15);

    private final Function<Bound, List<MapMethod>> methods;
    private final List<Keeper> keepers = new CopyOnWriteArrayList<>();
    private final List<Keeper> leaving = new CopyOnWriteArrayList<>();

    @Activate
    public GatewayPortMapper() {
        this(usual(new SecureRandom())); // nothing happens before a port is to be mapped
    }

    GatewayPortMapper(Function<Bound, List<MapMethod>> methods) {
        this.methods = methods;
    }

    @Override
    public Subscription map(int port, Consumer<InetSocketAddress> mapped) {
        return map(port, List.of(), mapped);
    }

    @Override
    public Subscription map(int port, List<InetAddress> bound, Consumer<InetSocketAddress> mapped) {
        Bound where = new Bound(bound);
        Keeper keeper = new Keeper(port, () -> methods.apply(where), Keeper.Pace.USUAL, mapped);
        List<Keeper> former = leaving.stream().filter(other -> other.port() == port).toList();
        keepers.add(keeper);
        Thread.ofVirtual().name("portmap-" + port).start(() -> keep(keeper, former));
        return () -> {
            leaving.add(keeper);
            keepers.remove(keeper);
            keeper.close();
        };
    }

    /** To a gateway both are one mapping: given back late, it would take the new one away. */
    private void keep(Keeper keeper, List<Keeper> former) {
        try {
            for (Keeper other : former) {
                other.awaitGone(HANDOVER);
            }
            keeper.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leaving.remove(keeper);
        }
    }

    private static Function<Bound, List<MapMethod>> usual(SecureRandom random) {
        return bound -> methods(bound, random);
    }

    private static List<MapMethod> methods(Bound bound, SecureRandom random) {
        List<MapMethod> methods = new ArrayList<>();
        Optional<InetAddress> gateway = Gateways.find();
        if (gateway.isPresent()) {
            GatewayExchange exchange =
                    new GatewayExchange(
                            new InetSocketAddress(gateway.get(), GatewayExchange.PORT),
                            TRIES,
                            bound);
            methods.add(new Pcp(exchange, random));
            methods.add(new NatPmp(exchange));
        }
        methods.add(new Upnp(new Ssdp(Ssdp.GROUP, SSDP_WAIT_MILLIS, bound)));
        return methods;
    }

    @Override
    public List<Forwarding> forwardings() {
        return keepers.stream().map(Keeper::forwarding).toList();
    }

    /** Gives everything back, in bounded time. */
    @Deactivate
    void stop() throws InterruptedException {
        leaving.addAll(keepers);
        keepers.clear();
        leaving.forEach(Keeper::close);
        for (Keeper keeper : List.copyOf(leaving)) {
            if (keeper.forwarding().externalPort() > 0) {
                keeper.awaitGone(GOODBYE);
            }
        }
    }
}
