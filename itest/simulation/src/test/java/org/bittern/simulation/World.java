package org.bittern.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.bittern.testkit.VirtualTime;

/** Machines, the network between them and their common clock, all from one seed. */
final class World {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int PER_NET = 250;

    private final VirtualTime time = new VirtualTime();
    private final SimNetwork network;
    private final SimTracker tracker;
    private final Path directory;
    private final Random seeds;
    private final List<Machine> machines = new ArrayList<>();
    private final List<Throwable> unexpected = new ArrayList<>();

    /**
     * @param directory for the empty download directories, the only thing that is real
     */
    World(long seed, Path directory) {
        this.directory = directory;
        seeds = new Random(seed);
        network = new SimNetwork(time, seeds.nextLong());
        tracker = new SimTracker(seeds.nextLong());
    }

    VirtualTime time() {
        return time;
    }

    SimNetwork network() {
        return network;
    }

    SimTracker tracker() {
        return tracker;
    }

    List<Machine> machines() {
        return machines;
    }

    /**
     * A machine without a running engine, in a network of its own: what peers may ask for while
     * they are choked depends on their network (BEP 6).
     *
     * @param up bytes per second of its line, 0: infinite
     * @param down likewise
     */
    Machine machine(long up, long down) {
        int number = machines.size();
        SimHost host =
                network.host("10.%d.%d.1".formatted(number / PER_NET, number % PER_NET))
                        .line(up, down);
        Machine machine =
                new Machine(
                        this,
                        host,
                        directory.resolve(host.toString()).toAbsolutePath(),
                        seeds.nextLong());
        machines.add(machine);
        return machine;
    }

    /** An exception that reached a loop: the test fails. */
    void unexpected(Throwable failure) {
        unexpected.add(failure);
    }

    void run(Duration span) {
        time.run(span);
        check();
    }

    /**
     * Lets time pass until something is true.
     *
     * @throws AssertionError when that takes longer than the limit
     */
    void until(String what, BooleanSupplier condition, Duration limit) {
        boolean reached = time.runUntil(condition, limit);
        check();
        if (!reached) {
            throw new AssertionError("after %s still not: %s%n%s".formatted(limit, what, report()));
        }
    }

    /**
     * As {@link #until}, for conditions that take time themselves, such as questions to an engine:
     * looks ten times a second.
     */
    void poll(String what, BooleanSupplier condition, Duration limit) {
        long end = time.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (time.nanoTime() >= end) {
                throw new AssertionError(
                        "after %s still not: %s%n%s".formatted(limit, what, report()));
            }
            run(LOOK);
        }
    }

    void await(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        until("an answer", future::isDone, PATIENCE);
        future.join();
    }

    private void check() {
        if (!unexpected.isEmpty()) {
            AssertionError failure =
                    new AssertionError("a loop met an exception at " + time.seconds() + " s");
            unexpected.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Ends all engines in good order; afterwards no buffer may be left. */
    void close() {
        for (Machine machine : machines) {
            machine.stop();
        }
        run(Duration.ofSeconds(1));
        for (Machine machine : machines) {
            if (machine.buffers().usedBytes() != 0) {
                throw new AssertionError(
                        "%s leaks %d bytes of buffers"
                                .formatted(machine, machine.buffers().usedBytes()));
            }
        }
    }

    /** What each machine is at, one line each. */
    String report() {
        StringBuilder lines = new StringBuilder("at %.3f s%n".formatted(time.seconds()));
        for (Machine machine : machines) {
            lines.append(machine).append(machine.isOn() ? "" : " off").append('\n');
            if (machine.isOn()) {
                machine.engine()
                        .snapshots()
                        .forEach(torrent ->
                                lines.append("    ")
                                        .append(torrent.state())
                                        .append(' ')
                                        .append(torrent.progress())
                                        .append(' ')
                                        .append(torrent.swarm())
                                        .append(' ')
                                        .append(torrent.error())
                                        .append('\n'));
            }
        }
        return lines.toString();
    }
}
