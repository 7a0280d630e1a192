package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.metainfo.HostPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of this bundle, for what blocks: binding sockets and looking up names. */
final class Workers implements Resolver {
    /** Addresses of one name that are tried. */
    private static final int MAX_ADDRESSES = 8;

    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    Thread run(String name, Runnable task) {
        return Thread.ofVirtual().name("dht-" + name).start(task);
    }

    @Override
    public void resolve(List<String> names, Consumer<List<InetSocketAddress>> done) {
        var _ =
                run(
                        "names",
                        () -> {
                            List<InetSocketAddress> found = new ArrayList<>();
                            for (String name : names) {
                                HostPort.parse(name).ifPresent(host -> addresses(host, found));
                            }
                            done.accept(found);
                        });
    }

    private static void addresses(HostPort host, List<InetSocketAddress> found) {
        try {
            Arrays.stream(InetAddress.getAllByName(host.host()))
                    .limit(MAX_ADDRESSES)
                    .forEach(address -> found.add(new InetSocketAddress(address, host.port())));
        } catch (UnknownHostException e) {
            log.debug("no address of DHT node {}", host.host());
        }
    }
}
