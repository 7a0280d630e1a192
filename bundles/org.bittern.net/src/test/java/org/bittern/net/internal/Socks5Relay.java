package org.bittern.net.internal;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.ProxyServer;

/** A SOCKS 5 proxy on loopback that carries datagrams over IPv4, or refuses to. */
final class Socks5Relay implements AutoCloseable {
    private static final int HEAD_BYTES = 10; // 00 00 00 01 address4 port2

    /** What was asked for, and how it ended. */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final ServerSocket server;
    private final DatagramSocket inside;
    private final DatagramSocket outside;
    private final boolean willing;
    private volatile boolean forgetful;
    private volatile InetSocketAddress client = new InetSocketAddress(0);

    Socks5Relay(boolean willing) throws IOException {
        this.willing = willing;
        server = new ServerSocket();
        server.bind(SocketFixture.loopback(0));
        inside = new DatagramSocket(SocketFixture.loopback(0));
        outside = new DatagramSocket(SocketFixture.loopback(0));
        start(this::accept);
        start(this::carryOut);
        start(this::carryIn);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // closed by the test
                    }
                });
    }

    ProxyServer address() {
        return new ProxyServer(
                ProxyServer.Kind.SOCKS5, "127.0.0.1", server.getLocalPort(), Optional.empty());
    }

    /** From where others get what it carries. */
    int outsidePort() {
        return outside.getLocalPort();
    }

    /** Carries nothing for whom it has agreed with, without a word. */
    void forget() {
        forgetful = true;
    }

    String next() throws InterruptedException {
        String event = events.poll(30, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            start(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readByte();
            in.readFully(new byte[in.readByte()]);
            socket.getOutputStream().write(new byte[] {5, 0});
            byte[] request = new byte[HEAD_BYTES];
            in.readFully(request);
            ByteBuffer answer = ByteBuffer.allocate(HEAD_BYTES);
            answer.put(new byte[] {5, (byte) (willing ? 0 : 7), 0, 1, 0, 0, 0, 0});
            answer.putShort((short) inside.getLocalPort());
            forgetful = false;
            events.add("command " + request[1]);
            socket.getOutputStream().write(answer.array());
            if (willing && in.read() < 0) {
                events.add("ended");
            }
        }
    }

    private void carryOut() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            inside.receive(packet);
            if (forgetful) {
                continue;
            }
            client = (InetSocketAddress) packet.getSocketAddress();
            ByteBuffer bytes = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
            InetSocketAddress to = RelayHeader.read(bytes);
            if (to != null) {
                outside.send(
                        new DatagramPacket(
                                packet.getData(), bytes.position(), bytes.remaining(), to));
            }
        }
    }

    private void carryIn() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            outside.receive(packet);
            ByteBuffer out = ByteBuffer.allocate(RelayHeader.MAX_BYTES + packet.getLength());
            RelayHeader.write((InetSocketAddress) packet.getSocketAddress(), out);
            out.put(packet.getData(), 0, packet.getLength());
            inside.send(new DatagramPacket(out.array(), out.position(), client));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        inside.close();
        outside.close();
    }
}
