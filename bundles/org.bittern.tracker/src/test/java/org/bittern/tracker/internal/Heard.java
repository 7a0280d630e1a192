package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.bittern.spi.discovery.SearchListener;

/** Keeps what a search tells. */
final class Heard implements SearchListener {
    final List<InetSocketAddress> peers = new ArrayList<>();
    final List<Boolean> trusted = new ArrayList<>();
    final List<InetAddress> external = new ArrayList<>();
    int changes;

    @Override
    public void found(List<InetSocketAddress> found, boolean isTrusted) {
        peers.addAll(found);
        trusted.add(isTrusted);
    }

    @Override
    public void statusChanged() {
        changes++;
    }

    @Override
    public void externalAddress(InetAddress address) {
        external.add(address);
    }
}
