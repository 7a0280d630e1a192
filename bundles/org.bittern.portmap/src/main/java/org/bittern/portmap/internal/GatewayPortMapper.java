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

    private final SecureRandom random = new SecureRandom();
    private final List<Keeper> keepers = new CopyOnWriteArrayList<>();
    private final List<Keeper> leaving = new CopyOnWriteArrayList<>();

    @Activate
    public GatewayPortMapper() {
        // nothing happens before a port is to be mapped
    }

    @Override
    public Subscription map(int port, Consumer<InetSocketAddress> mapped) {
        return map(port, List.of(), mapped);
    }

    @Override
    public Subscription map(int port, List<InetAddress> bound, Consumer<InetSocketAddress> mapped) {
        Bound where = new Bound(bound);
        Keeper keeper = new Keeper(port, () -> methods(where), Keeper.Pace.USUAL, mapped);
        keepers.add(keeper);
        Thread.ofVirtual()
                .name("portmap-" + port)
                .start(() -> {
                    keeper.run();
                    leaving.remove(keeper);
                });
        return () -> {
            leaving.add(keeper);
            keepers.remove(keeper);
            keeper.close();
        };
    }

    private List<MapMethod> methods(Bound bound) {
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
            keeper.awaitGone(GOODBYE);
        }
    }
}
