package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.spi.net.ProxyServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address of a proxy for loops, which must not look names up: a thread does it, again and again
 * until it succeeds, when somebody asks. Thread-safe.
 */
final class ProxyAddress {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger log = LoggerFactory.getLogger(ProxyAddress.class);

    private final ProxyServer proxy;
    private final Ticker ticker;
    private final AtomicLong nextNanos;
    private volatile @Nullable InetAddress address; // null until it is known

    ProxyAddress(ProxyServer proxy, Ticker ticker) {
        this.proxy = proxy;
        this.ticker = ticker;
        nextNanos = new AtomicLong(ticker.nanoTime());
        try {
            address = InetAddress.ofLiteral(proxy.host());
        } catch (IllegalArgumentException e) {
            seek();
        }
    }

    /**
     * The address.
     *
     * @throws IOException it is not known yet
     */
    InetAddress known() throws IOException {
        InetAddress found = address;
        if (found == null) {
            seek();
            throw new IOException("the proxy's name is not looked up yet");
        }
        return found;
    }

    private void seek() {
        long now = ticker.nanoTime();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + RETRY_NANOS)) {
            Thread.ofVirtual().name("proxy-name").start(this::lookUp);
        }
    }

    private void lookUp() {
        try {
            address = InetAddress.getByName(proxy.host());
        } catch (UnknownHostException e) {
            log.warn("the name of the proxy is not known: {}", proxy.host());
        }
    }
}
