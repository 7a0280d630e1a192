package org.bittern.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.net.internal.VirtualBuckets;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;

/** The loops of one machine, with the real token buckets on virtual time. */
final class SimLoops implements LoopGroup {
    private final VirtualTime time;
    private final List<VirtualLoop> loops = new ArrayList<>();
    private int dealt;

    SimLoops(
            VirtualTime time,
            String machine,
            int count,
            BufferPool buffers,
            Consumer<Throwable> faults) {
        this.time = time;
        for (int i = 0; i < count; i++) {
            loops.add(new VirtualLoop(time, machine + "-" + i, buffers, faults));
        }
    }

    @Override
    public List<EventLoop> loops() {
        return List.copyOf(loops);
    }

    @Override
    public EventLoop next() {
        return loops.get(dealt++ % loops.size());
    }

    @Override
    public RateBucket bucket(long bytesPerSecond, RateLimit parent) {
        return VirtualBuckets.bucket(time::nanoTime, time::now, bytesPerSecond, parent);
    }

    void kill() {
        loops.forEach(VirtualLoop::kill);
    }
}
