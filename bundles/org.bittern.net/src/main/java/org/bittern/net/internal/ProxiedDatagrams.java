package org.bittern.net.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;

/**
 * A UDP socket behind a SOCKS 5 proxy. Lives as long as its association, unless that is silent for
 * long. Thread-safe: one thread receives, others send.
 */
final class ProxiedDatagrams implements Egress.DatagramWay {
    /** Time to agree with the proxy. */
    static final Duration OPENING = Duration.ofSeconds(15);

    private final Association association;
    private final Ticker ticker;
    private final DatagramSocket socket;
    private final byte[] buffer = new byte[Datagrams.MAX_BYTES];

    private ProxiedDatagrams(Association association, Ticker ticker) throws IOException {
        this.association = association;
        this.ticker = ticker;
        socket = new DatagramSocket(association.local());
    }

    /**
     * Opens the socket.
     *
     * @param association belongs to the result
     */
    static ProxiedDatagrams open(Association association, Ticker ticker) throws IOException {
        try {
            ProxiedDatagrams datagrams = new ProxiedDatagrams(association, ticker);
            association.watch(datagrams::close);
            return datagrams;
        } catch (IOException e) {
            association.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] datagram, InetSocketAddress to) throws IOException {
        if (association.silence().sent(ticker.nanoTime())) {
            close(); // whoever opens the next one asks the proxy anew
            throw new IOException("nothing comes through the proxy any more");
        }
        ByteBuffer out = ByteBuffer.allocate(RelayHeader.MAX_BYTES + datagram.length);
        RelayHeader.write(to, out);
        out.put(datagram);
        socket.send(new DatagramPacket(out.array(), out.position(), association.relay()));
    }

    @Override
    public Egress.Received receive() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            if (!association.relay().equals(packet.getSocketAddress())) {
                continue; // nobody but the proxy can know us
            }
            association.silence().heard();
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
        association.close();
    }
}
