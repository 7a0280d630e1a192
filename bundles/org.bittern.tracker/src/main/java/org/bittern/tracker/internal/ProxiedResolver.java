package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bittern.spi.net.Egress;

/** Looks no name up behind a proxy: the question alone would go around it. Thread-safe. */
final class ProxiedResolver implements Resolver {
    private final Resolver direct;
    private final Egress egress;

    ProxiedResolver(Resolver direct, Egress egress) {
        this.direct = direct;
        this.egress = egress;
    }

    @Override
    public CompletableFuture<List<InetAddress>> resolve(String host) {
        boolean proxied = egress.route().proxy().isPresent();
        return proxied && !Literals.isLiteral(host)
                ? CompletableFuture.failedFuture(
                        new UnknownHostException("names are not looked up behind a proxy"))
                : direct.resolve(host);
    }
}
