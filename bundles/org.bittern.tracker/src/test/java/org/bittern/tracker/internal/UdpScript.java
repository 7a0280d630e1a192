package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A UDP tracker on loopback whose part the test plays. */
final class UdpScript implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 25;

    private final DatagramSocket socket;
    private final LinkedBlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

    /** A datagram that came. */
    record Asked(byte[] bytes, InetSocketAddress from) {
        ByteBuffer buffer() {
            return ByteBuffer.wrap(bytes);
        }

        int action() {
            return buffer().getInt(8);
        }

        int transaction() {
            return buffer().getInt(12);
        }

        long connection() {
            return buffer().getLong(0);
        }
    }

    UdpScript(String address) {
        this(address, 0);
    }

    UdpScript(String address, int port) {
        try {
            socket =
                    new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port));
        } catch (SocketException e) {
            throw new AssertionError(e);
        }
        Thread.ofVirtual().name("udp-script").start(this::readUntilClosed);
    }

    private void readUntilClosed() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
            } catch (IOException _) {
                return;
            }
            asked.add(
                    new Asked(
                            Arrays.copyOf(buffer, packet.getLength()),
                            (InetSocketAddress) packet.getSocketAddress()));
        }
    }

    /** The next datagram, for which the test waits. */
    Asked next() {
        try {
            Asked next = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no datagram came");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    int waiting() {
        return asked.size();
    }

    void answer(Asked to, byte[] bytes) {
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to.from));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void connect(Asked to, long connection) {
        answer(
                to,
                ByteBuffer.allocate(16)
                        .putInt(0)
                        .putInt(to.transaction())
                        .putLong(connection)
                        .array());
    }

    void announce(Asked to, int interval, byte[] peers) {
        answer(
                to,
                ByteBuffer.allocate(20 + peers.length)
                        .putInt(1)
                        .putInt(to.transaction())
                        .putInt(interval)
                        .putInt(11)
                        .putInt(22)
                        .put(peers)
                        .array());
    }

    void error(Asked to, String text) {
        answer(
                to,
                ByteBuffer.allocate(8 + text.length())
                        .putInt(3)
                        .putInt(to.transaction())
                        .put(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .array());
    }

    int port() {
        return socket.getLocalPort();
    }

    String url(String target) {
        InetAddress address = socket.getLocalAddress();
        String host = address.getHostAddress();
        return "udp://" + (host.contains(":") ? "[::1]" : host) + ":" + port() + target;
    }

    @Override
    public void close() {
        socket.close();
    }
}
