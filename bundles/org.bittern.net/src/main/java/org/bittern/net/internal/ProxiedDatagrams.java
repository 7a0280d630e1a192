package org.bittern.net.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket behind a SOCKS 5 proxy. Lives as long as the TCP connection that it was asked for
 * over (RFC 1928, section 7). Thread-safe: one thread receives, others send.
 */
final class ProxiedDatagrams implements Egress.DatagramWay {
    /** Time to agree with the proxy. */
    static final Duration OPENING = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(ProxiedDatagrams.class);

    private final Socket control;
    private final InetSocketAddress relay;
    private final DatagramSocket socket;
    private final byte[] buffer = new byte[Datagrams.MAX_BYTES];

    private ProxiedDatagrams(Socket control, InetSocketAddress relay) throws IOException {
        this.control = control;
        this.relay = relay;
        // The same way to the proxy as over TCP: bound where the control connection is.
        socket = new DatagramSocket(new InetSocketAddress(control.getLocalAddress(), 0));
    }

    /**
     * Opens the socket.
     *
     * @param control over which the association was asked for; belongs to the result
     * @param bound what the proxy answered
     */
    static ProxiedDatagrams open(Socket control, InetSocketAddress bound) throws IOException {
        try {
            ProxiedDatagrams datagrams = new ProxiedDatagrams(control, relay(control, bound));
            Thread.ofVirtual().name("proxy-association").start(datagrams::watchControl);
            return datagrams;
        } catch (IOException e) {
            control.close();
            throw e;
        }
    }

    /** Many proxies answer with a wildcard: their own address is meant. */
    static InetSocketAddress relay(Socket control, InetSocketAddress bound) throws IOException {
        InetAddress address = bound.getAddress();
        if (address == null || bound.getPort() == 0) {
            throw new IOException("the proxy names no address for datagrams");
        }
        return address.isAnyLocalAddress()
                ? new InetSocketAddress(control.getInetAddress(), bound.getPort())
                : bound;
    }

    private void watchControl() {
        try {
            while (control.getInputStream().read() >= 0) {
                log.trace("the proxy says more than it should");
            }
        } catch (IOException e) {
            log.debug("association with the proxy ended: {}", e.toString());
        }
        close();
    }

    @Override
    public void send(byte[] datagram, InetSocketAddress to) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(RelayHeader.MAX_BYTES + datagram.length);
        RelayHeader.write(to, out);
        out.put(datagram);
        socket.send(new DatagramPacket(out.array(), out.position(), relay));
    }

    @Override
    public Egress.Received receive() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            if (!relay.equals(packet.getSocketAddress())) {
                continue; // nobody but the proxy can know us
            }
            ByteBuffer in = ByteBuffer.wrap(buffer, 0, packet.getLength());
            InetSocketAddress from = RelayHeader.read(in);
            if (from != null) {
                return new Egress.Received(
                        Arrays.copyOfRange(buffer, in.position(), in.limit()), from);
            }
        }
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
        try {
            control.close();
        } catch (IOException e) {
            log.debug("closing an association: {}", e.toString());
        }
    }
}
