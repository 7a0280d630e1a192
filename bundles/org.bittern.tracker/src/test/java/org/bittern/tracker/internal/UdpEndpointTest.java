package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UdpEndpointTest {
    private final List<Runnable> started = new ArrayList<>();
    private final PlainEgress egress = new PlainEgress();

    @Test
    void opensNothingOnceItIsClosed() throws IOException {
        ProxyServer proxy =
                new ProxyServer(ProxyServer.Kind.SOCKS5, "192.0.2.1", 1080, Optional.empty());
        egress.use(new Route(true, Optional.of(proxy), true, List.of()));
        UdpEndpoint endpoint =
                new UdpEndpoint(
                        new HandLoop(),
                        (_, task) -> started.add(task),
                        new Random(1),
                        egress,
                        InetAddress.ofLiteral("127.0.0.1"));
        endpoint.close();
        started.forEach(Runnable::run);
        assertThat(endpoint.isClosed()).isTrue();
        assertThat(egress.ways).isEmpty();
    }
}
