package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.Route;

/** Sockets of the machine, and a record of what was asked for. */
final class PlainEgress implements Egress {
    final List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
    final List<DatagramWay> ways = new CopyOnWriteArrayList<>();

    /** Where no datagram can be sent to. */
    volatile Predicate<InetAddress> unreachable = _ -> false;

    private volatile Route route = Route.DIRECT;

    @Override
    public void use(Route next) {
        route = next;
    }

    @Override
    public Route route() {
        return route;
    }

    @Override
    public Socket connect(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
            throws IOException {
        asked.add(to);
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            if (from.isPresent()) {
                socket.bind(new InetSocketAddress(from.get(), 0));
            }
            // As a proxy would that knows every name as this machine.
            InetSocketAddress there =
                    to.isUnresolved()
                            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), to.getPort())
                            : to;
            socket.connect(there, (int) timeout.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public DatagramWay datagrams(InetAddress local) throws IOException {
        DatagramWay way = way(new DatagramSocket(new InetSocketAddress(local, 0)));
        ways.add(way);
        return way;
    }

    private DatagramWay way(DatagramSocket socket) {
        return new DatagramWay() {
            @Override
            public void send(byte[] datagram, InetSocketAddress to) throws IOException {
                asked.add(to);
                if (!to.isUnresolved() && unreachable.test(to.getAddress())) {
                    throw new NoRouteToHostException("Network is unreachable");
                }
                InetSocketAddress there =
                        to.isUnresolved()
                                ? new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), to.getPort())
                                : to;
                socket.send(new DatagramPacket(datagram, datagram.length, there));
            }

            @Override
            public Received receive() throws IOException {
                byte[] buffer = new byte[65_536];
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                return new Received(
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
        };
    }
}
