package org.bittern.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.bittern.testkit.VirtualLoop;

/** Streams between the machines of a simulated network. One object per machine. */
final class SimTransport implements Transport {
    static final String TCP = "tcp";

    private final SimHost host;
    private final SimLoops loops;

    SimTransport(SimHost host, SimLoops loops) {
        this.host = host;
        this.loops = loops;
    }

    /** A port that is listened on. */
    record Listening(
            SimHost host, SimLoops loops, InetSocketAddress local, Consumer<Connection> acceptor)
            implements Listener {
        @Override
        public void close() {
            host.listeners().remove(local.getPort(), this);
        }
    }

    @Override
    public String name() {
        return TCP;
    }

    @Override
    public Listener listen(InetSocketAddress local, Consumer<Connection> acceptor)
            throws IOException {
        int port = local.getPort() == 0 ? host.freePort() : local.getPort();
        Listening listening =
                new Listening(
                        host, loops, new InetSocketAddress(local.getAddress(), port), acceptor);
        if (host.listeners().putIfAbsent(port, listening) != null) {
            throw new IOException("port " + port + " is taken");
        }
        return listening;
    }

    @Override
    public void connect(
            EventLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutNanos,
            Dial handler) {
        loop.assertOwner();
        new Dialling((VirtualLoop) loop, remote, handler).begin(timeoutNanos);
    }

    /** A dial: to the other side and back. */
    private final class Dialling {
        private final VirtualLoop loop;
        private final InetSocketAddress remote;
        private final Dial handler;
        private boolean over;

        Dialling(VirtualLoop loop, InetSocketAddress remote, Dial handler) {
            this.loop = loop;
            this.remote = remote;
            this.handler = handler;
        }

        void begin(long timeoutNanos) {
            loop.schedule(timeoutNanos, () -> fail("timed out"));
            SimNetwork network = host.network();
            SimHost target = network.find(remote.getAddress());
            if (target != null && !network.cutOff(host, target) && !network.loses()) {
                network.time().after(network.latency(host, target), () -> knock(target));
            }
        }

        private void knock(SimHost target) {
            SimNetwork network = host.network();
            if (network.cutOff(target, host) || loop.dead()) {
                return;
            }
            Listening listening = target.listeners().get(remote.getPort());
            long back = network.latency(target, host);
            if (listening == null) {
                network.time().after(back, () -> onLoop(() -> fail("connection refused")));
                return;
            }
            InetSocketAddress from = new InetSocketAddress(host.address(), host.freePort());
            VirtualLoop accepting = (VirtualLoop) listening.loops().next();
            SimConnection theirs = new SimConnection(target, accepting, remote, from);
            SimConnection ours = new SimConnection(host, loop, from, remote);
            SimConnection.join(theirs, ours);
            accepting.schedule(0, () -> listening.acceptor().accept(theirs));
            network.time().after(back, () -> onLoop(() -> succeed(ours)));
        }

        private void onLoop(Runnable task) {
            if (!loop.dead()) {
                loop.execute(task);
            }
        }

        private void succeed(SimConnection connection) {
            if (over) {
                connection.close();
            } else {
                over = true;
                handler.connected(connection);
            }
        }

        private void fail(String reason) {
            if (!over) {
                over = true;
                handler.failed(reason);
            }
        }
    }
}
