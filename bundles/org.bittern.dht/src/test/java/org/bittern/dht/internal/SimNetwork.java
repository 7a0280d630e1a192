package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;

/** Nodes that send each other datagrams in virtual time. */
final class SimNetwork {
    private static final long LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Close to the overflow: what compares times other than by difference fails. */
    final VirtualTime time = new VirtualTime(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20));

    final VirtualLoop loop = VirtualLoop.only(time);
    final Random random;
    final Map<InetSocketAddress, DhtNode> nodes = new HashMap<>();
    final List<InetSocketAddress> addresses = new ArrayList<>();
    int datagrams;

    SimNetwork(long seed) {
        random = new Random(seed);
        System.out.println("seed " + seed);
    }

    static InetSocketAddress at(int number) {
        return new InetSocketAddress(
                address("127.1." + number / 200 + "." + (1 + number % 200)), 6881);
    }

    static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    /** A node at an address that begins at these others. */
    DhtNode add(InetSocketAddress address, List<InetSocketAddress> known) {
        DhtNode node =
                new DhtNode(
                        new DhtNode.Surroundings(
                                loop,
                                random,
                                (bytes, to) -> deliver(bytes, address, to),
                                blocked -> false,
                                (names, done) -> done.accept(known)));
        nodes.put(address, node);
        addresses.add(address);
        node.start(Set.of(Family.of(address)), known);
        return node;
    }

    /** A network in which each node begins at the first. */
    void grow(int count) {
        int from = addresses.size();
        for (int i = from; i < from + count; i++) {
            add(at(i), i == 0 ? List.of() : List.of(at(0)));
        }
    }

    void remove(InetSocketAddress address) {
        DhtNode node = nodes.remove(address);
        if (node != null) {
            node.close();
        }
    }

    void deliver(byte[] bytes, InetSocketAddress from, InetSocketAddress to) {
        datagrams++;
        loop.schedule(
                LATENCY_NANOS,
                () -> {
                    DhtNode node = nodes.get(to);
                    if (node != null) {
                        node.received(ByteBuffer.wrap(bytes), from);
                    }
                });
    }
}
