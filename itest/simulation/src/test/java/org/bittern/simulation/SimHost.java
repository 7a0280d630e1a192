package org.bittern.simulation;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A machine as the network sees it: an address and a line with a rate each way. The connections of
 * a host take turns on its line, segment by segment.
 */
final class SimHost {
    private static final int LEAST_WINDOW = 16 << 10;
    private static final int MOST_WINDOW = 128 << 10;
    private static final int WINDOWS_PER_SECOND = 4;
    private static final int FIRST_FREE_PORT = 32_768;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SimNetwork network;
    private final InetAddress address;
    private final Map<Integer, SimTransport.Listening> listeners = new HashMap<>();
    private final List<SimConnection> connections = new ArrayList<>();
    private final ArrayDeque<SimConnection> sending = new ArrayDeque<>();
    private final List<Runnable> held = new ArrayList<>();
    private long upRate; // bytes per second, 0: infinite
    private long downRate;
    private long latencyNanos = Duration.ofMillis(10).toNanos();
    private long downFreeNanos;
    private long tickNanos; // 0: the line moves evenly
    private long allowance; // bytes that may still leave before the next tick
    private boolean transmitting;
    private boolean silent;
    private boolean unplugged;
    private int nextPort = FIRST_FREE_PORT;

    SimHost(SimNetwork network, InetAddress address) {
        this.network = network;
        this.address = address;
    }

    InetAddress address() {
        return address;
    }

    SimNetwork network() {
        return network;
    }

    /**
     * @param up bytes per second, 0: infinite
     * @param down bytes per second, 0: infinite
     */
    SimHost line(long up, long down) {
        upRate = up;
        downRate = down;
        return this;
    }

    /**
     * Keeps to the rate of its line as libtorrent does: what may leave in a tick leaves at its
     * begin, and so much more has been read for the next one and cannot be taken back.
     */
    SimHost ticking(Duration tick) {
        tickNanos = tick.toNanos();
        tick();
        return this;
    }

    private void tick() {
        allowance = upRate * tickNanos / NANOS;
        transmit();
        network.time().after(tickNanos, this::tick);
    }

    /** Half of what the host adds to a round trip. */
    SimHost latency(Duration oneWay) {
        latencyNanos = oneWay.toNanos();
        return this;
    }

    long latencyNanos() {
        return latencyNanos;
    }

    /** Nothing leaves the host any more, yet everything arrives: a peer that has gone mute. */
    void silent(boolean now) {
        silent = now;
        transmit();
    }

    /** Nothing leaves or arrives. */
    void unplug() {
        unplugged = true;
    }

    void plugIn() {
        unplugged = false;
        network.heal();
    }

    boolean unplugged() {
        return unplugged;
    }

    /**
     * Bytes that a connection of this host may have written and the other side not have read: what
     * the line moves in a quarter of a second, as if the kernel had found out how much is useful.
     */
    int window() {
        if (tickNanos > 0) {
            return (int) (upRate * tickNanos / NANOS);
        }
        return upRate == 0
                ? MOST_WINDOW
                : Math.clamp(upRate / WINDOWS_PER_SECOND, LEAST_WINDOW, MOST_WINDOW);
    }

    int freePort() {
        return nextPort++;
    }

    Map<Integer, SimTransport.Listening> listeners() {
        return listeners;
    }

    void joined(SimConnection connection) {
        connections.add(connection);
    }

    void left(SimConnection connection) {
        connections.remove(connection);
    }

    /** The process is gone: its sockets too, and the other ends are told if the machine can. */
    void processGone(boolean tell) {
        listeners.clear();
        for (SimConnection connection : List.copyOf(connections)) {
            connection.abort(tell);
        }
    }

    // ---- the line

    /** A connection has something to send. */
    void wantsToSend(SimConnection connection) {
        sending.add(connection);
        transmit();
    }

    private void transmit() {
        boolean spent = tickNanos > 0 && allowance <= 0;
        SimConnection next = transmitting || silent || spent ? null : sending.poll();
        if (next == null) {
            return;
        }
        Segment segment = next.nextSegment();
        transmitting = true;
        allowance -= segment.length();
        network.time()
                .after(
                        tickNanos > 0 ? 0 : nanosFor(segment.length(), upRate),
                        () -> {
                            transmitting = false;
                            if (next.hasMore()) {
                                sending.add(next);
                            } else {
                                next.lineFree();
                            }
                            segment.departed();
                            transmit();
                        });
    }

    /** A piece of a stream on the line. */
    interface Segment {
        int length();

        void departed();
    }

    /** When something that arrives now has come down the line. */
    long downDelay(int bytes) {
        long now = network.time().nanoTime();
        downFreeNanos = Math.max(now, downFreeNanos) + nanosFor(bytes, downRate);
        return downFreeNanos - now;
    }

    private static long nanosFor(int bytes, long rate) {
        return rate == 0 ? 0 : bytes * NANOS / rate;
    }

    /** Keeps something until the way is free again. */
    void hold(Runnable resend) {
        held.add(resend);
    }

    void resendHeld() {
        List<Runnable> again = List.copyOf(held);
        held.clear();
        again.forEach(Runnable::run);
    }

    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
