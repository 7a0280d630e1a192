package org.bittern.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * The network between machines: who is there, who is cut off from whom, and what gets lost. Streams
 * lose nothing: a lost segment comes later, and all behind it wait, as with TCP.
 */
final class SimNetwork {
    /** A lost segment is sent again after this long: the least timeout of Linux. */
    static final long RETRANSMISSION_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final VirtualTime time;
    private final Random random;
    private final Map<InetAddress, SimHost> hosts = new HashMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final Map<InetSocketAddress, SimDatagrams.Shared> ports = new LinkedHashMap<>();
    private double loss;

    private record Cut(SimHost one, SimHost other) {}

    SimNetwork(VirtualTime time, long seed) {
        this.time = time;
        random = new Random(seed);
    }

    VirtualTime time() {
        return time;
    }

    Random random() {
        return random;
    }

    SimHost host(String address) {
        SimHost host = new SimHost(this, InetAddress.ofLiteral(address));
        hosts.put(host.address(), host);
        return host;
    }

    @Nullable SimHost find(InetAddress address) {
        return hosts.get(address);
    }

    Map<InetSocketAddress, SimDatagrams.Shared> ports() {
        return ports;
    }

    /**
     * @param probability that a segment or datagram is lost, 0.0 to 1.0
     */
    void loss(double probability) {
        loss = probability;
    }

    /** Whether the next thing that is sent gets lost. */
    boolean loses() {
        return loss > 0 && random.nextDouble() < loss;
    }

    /** Nothing passes between the two any more; nobody is told. */
    void cut(SimHost one, SimHost other) {
        cuts.add(new Cut(one, other));
    }

    void heal() {
        cuts.clear();
        hosts.values().stream()
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .forEach(SimHost::resendHeld);
    }

    boolean cutOff(SimHost from, SimHost to) {
        return from.unplugged()
                || to.unplugged()
                || cuts.contains(new Cut(from, to))
                || cuts.contains(new Cut(to, from));
    }

    /** One way, in nanoseconds. */
    long latency(SimHost from, SimHost to) {
        return from.latencyNanos() + to.latencyNanos();
    }
}
