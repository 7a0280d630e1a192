package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a SOCKS 5 proxy has agreed to: to pass on datagrams that it gets at an address. Lives as
 * long as the TCP connection that it was asked for over (RFC 1928, section 7). Thread-safe.
 *
 * @param control that connection; belongs to this
 * @param relay where datagrams go to and come from
 * @param silence of that
 */
record Association(Socket control, InetSocketAddress relay, RelaySilence silence) {
    private static final Logger log = LoggerFactory.getLogger(Association.class);

    /**
     * Takes the proxy's word.
     *
     * @param bound what the proxy answered
     * @throws IOException it names no address; the connection is closed then
     */
    static Association of(Socket control, InetSocketAddress bound) throws IOException {
        InetAddress address = bound.getAddress();
        if (address == null || bound.getPort() == 0) {
            control.close();
            throw new IOException("the proxy names no address for datagrams");
        }
        // Many proxies answer with a wildcard: their own address is meant.
        return new Association(
                control,
                address.isAnyLocalAddress()
                        ? new InetSocketAddress(control.getInetAddress(), bound.getPort())
                        : bound,
                new RelaySilence());
    }

    /** From where datagrams go to the proxy: from the same address as over TCP. */
    InetSocketAddress local() {
        return new InetSocketAddress(control.getLocalAddress(), 0);
    }

    /** Waits on a thread of its own for the proxy to end it. */
    void watch(Runnable ended) {
        Thread.ofVirtual()
                .name("proxy-association")
                .start(() -> {
                    awaitEnd();
                    ended.run();
                });
    }

    private void awaitEnd() {
        try {
            while (control.getInputStream().read() >= 0) {
                log.trace("the proxy says more than it should");
            }
        } catch (IOException e) {
            log.debug("association with the proxy ended: {}", e.toString());
        }
    }

    void close() {
        try {
            control.close();
        } catch (IOException e) {
            log.debug("closing an association: {}", e.toString());
        }
    }
}
