package org.bittern.net.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;

/** A UDP socket without a proxy. Thread-safe: one thread receives, others send. */
final class DirectDatagrams implements Egress.DatagramWay {
    private final DatagramSocket socket;
    private final byte[] buffer = new byte[Datagrams.MAX_BYTES];

    DirectDatagrams(InetAddress local) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(local, 0));
    }

    @Override
    public void send(byte[] datagram, InetSocketAddress to) throws IOException {
        if (to.isUnresolved()) {
            throw new IOException("the host name was not looked up");
        }
        socket.send(new DatagramPacket(datagram, datagram.length, to));
    }

    @Override
    public Egress.Received receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        return new Egress.Received(
                Arrays.copyOf(buffer, packet.getLength()),
                new InetSocketAddress(packet.getAddress(), packet.getPort()));
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
    }
}
