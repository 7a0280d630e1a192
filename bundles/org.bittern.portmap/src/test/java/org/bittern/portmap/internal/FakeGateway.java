package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A gateway on loopback that answers datagrams as the test wants: an empty answer is none. */
final class FakeGateway implements AutoCloseable {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    final List<byte[]> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket;
    private volatile Function<byte[], List<byte[]>> answers = question -> List.of();

    FakeGateway() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        Thread.ofVirtual().name("fake-gateway").start(this::serve);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(LOOPBACK, socket.getLocalPort());
    }

    void answers(Function<byte[], List<byte[]>> function) {
        answers = function;
    }

    private void serve() {
        byte[] buffer = new byte[2048];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                byte[] question = Arrays.copyOf(buffer, packet.getLength());
                asked.add(question);
                for (byte[] answer : answers.apply(question)) {
                    socket.send(
                            new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
