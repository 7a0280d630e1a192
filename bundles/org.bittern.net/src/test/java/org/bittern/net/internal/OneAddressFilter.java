package org.bittern.net.internal;

import java.net.InetAddress;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.filter.IpFilter;

/** Blocks one address. */
record OneAddressFilter(InetAddress bad) implements IpFilter {
    @Override
    public boolean blocks(InetAddress address) {
        return address.equals(bad);
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public int rules() {
        return 1;
    }

    @Override
    public Subscription onChange(Runnable changed) {
        return () -> {};
    }
}
