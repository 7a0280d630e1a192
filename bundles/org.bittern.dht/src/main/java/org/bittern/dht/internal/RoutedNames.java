package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.metainfo.HostPort;
import org.bittern.spi.net.Egress;

/**
 * Looks names up unless peers are reached through a proxy: the question alone would go around it,
 * and the proxy can look them up itself. Thread-safe.
 */
final class RoutedNames implements Resolver {
    private final Resolver direct;
    private final Egress egress;

    RoutedNames(Resolver direct, Egress egress) {
        this.direct = direct;
        this.egress = egress;
    }

    @Override
    public void resolve(List<String> names, Consumer<List<InetSocketAddress>> done) {
        if (egress.route().peerProxy().isEmpty()) {
            direct.resolve(names, done);
        } else {
            done.accept(
                    names.stream()
                            .flatMap(name -> HostPort.parse(name).stream())
                            .map(RoutedNames::asItIs)
                            .toList());
        }
    }

    private static InetSocketAddress asItIs(HostPort name) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(name.host()), name.port());
        } catch (IllegalArgumentException _) { // a name
            return InetSocketAddress.createUnresolved(name.host(), name.port());
        }
    }
}
