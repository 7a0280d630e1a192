package org.bittern.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;

/**
 * Datagrams between the machines of a simulated network: they get lost, come twice as late as
 * others and so overtake each other. One object per machine.
 */
final class SimDatagrams implements Datagrams {
    private final SimHost host;
    private final SimLoops loops;
    private final Duration jitter;

    /**
     * @param jitter how much longer than the latency a datagram may take
     */
    SimDatagrams(SimHost host, SimLoops loops, Duration jitter) {
        this.host = host;
        this.loops = loops;
        this.jitter = jitter;
    }

    @Override
    public Port open(InetSocketAddress local, Receiver receiver) throws IOException {
        int port = local.getPort() == 0 ? host.freePort() : local.getPort();
        InetSocketAddress address = new InetSocketAddress(host.address(), port);
        Shared shared =
                host.network()
                        .ports()
                        .computeIfAbsent(address, key -> new Shared(local, key, loops.next()));
        Share share = new Share(shared, receiver);
        shared.shares.add(share);
        return share;
    }

    /** A bound socket. */
    static final class Shared {
        private final InetSocketAddress local;
        private final InetSocketAddress address;
        private final EventLoop loop;
        private final List<Share> shares = new ArrayList<>();

        /**
         * @param asked may be the address of all interfaces, and port 0
         * @param address by which others reach it
         */
        Shared(InetSocketAddress asked, InetSocketAddress address, EventLoop loop) {
            local = new InetSocketAddress(asked.getAddress(), address.getPort());
            this.address = address;
            this.loop = loop;
        }

        private void received(byte[] bytes, InetSocketAddress from) {
            for (Share share : List.copyOf(shares)) {
                if (share.receiver.received(ByteBuffer.wrap(bytes), from)) {
                    return;
                }
            }
        }
    }

    private final class Share implements Port {
        private final Shared shared;
        private final Receiver receiver;

        Share(Shared shared, Receiver receiver) {
            this.shared = shared;
            this.receiver = receiver;
        }

        @Override
        public InetSocketAddress local() {
            return shared.local;
        }

        @Override
        public EventLoop loop() {
            return shared.loop;
        }

        @Override
        public boolean send(ByteBuffer datagram, InetSocketAddress to) {
            byte[] bytes = new byte[datagram.remaining()];
            datagram.get(bytes);
            SimNetwork network = host.network();
            SimHost target = network.find(to.getAddress());
            if (target == null || network.cutOff(host, target) || network.loses()) {
                return true; // the network drops it, and nobody hears of that
            }
            long late = jitter.isZero() ? 0 : network.random().nextLong(jitter.toNanos());
            network.time()
                    .after(
                            network.latency(host, target) + late,
                            () -> {
                                Shared there = network.ports().get(to);
                                if (there != null) {
                                    there.loop.execute(() -> there.received(bytes, shared.address));
                                }
                            });
            return true;
        }

        @Override
        public void close() {
            shared.shares.remove(this);
            if (shared.shares.isEmpty()) {
                host.network().ports().remove(shared.address, shared);
            }
        }
    }
}
