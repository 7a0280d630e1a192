package org.bittern.net.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of the process and what they share: the pool of buffers. Thread-safe. */
@Component(
        service = {LoopGroup.class, SelectorLoops.class},
        configurationPid = NetConfig.PID)
@Designate(ocd = NetConfig.class)
public final class SelectorLoops implements LoopGroup {
    /** More threads than this help nobody. */
    static final int MAX_LOOPS = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long TRIM_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Logger log = LoggerFactory.getLogger(SelectorLoops.class);

    private final Ticker ticker;
    private final DirectBufferPool buffers;
    private final List<SelectorLoop> loops;
    private final AtomicInteger dealt = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();

    @Activate
    public SelectorLoops(NetConfig config) throws IOException {
        this(loopCount(config), poolBytes(config), Ticker.SYSTEM);
    }

    SelectorLoops(int count, long poolBytes, Ticker ticker) throws IOException {
        this.ticker = ticker;
        buffers = new DirectBufferPool(poolBytes);
        List<SelectorLoop> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(new SelectorLoop("net-loop-" + i, ticker, buffers));
        }
        loops = List.copyOf(made);
        loops.forEach(SelectorLoop::start);
        trimLater();
        log.debug("{} loops, {} bytes of buffers at most", count, poolBytes);
    }

    @Deactivate
    void stop() {
        loops.forEach(SelectorLoop::stopSoon);
        loops.forEach(loop -> loop.close(PATIENCE));
    }

    @Override
    public List<EventLoop> loops() {
        return List.copyOf(loops);
    }

    @Override
    public EventLoop next() {
        return loops.get(Math.floorMod(dealt.getAndIncrement(), loops.size()));
    }

    @Override
    public RateBucket bucket(long bytesPerSecond, RateLimit parent) {
        return new TokenBucket(ticker, bytesPerSecond, parent);
    }

    /**
     * The loop that owns all listening sockets. There is one so that a loop may wait until a
     * listener is closed: this one never waits for another.
     */
    SelectorLoop listenerLoop() {
        return loops.getFirst();
    }

    /**
     * The loop for an accepted connection. A turn of its own: torrents must not be dealt unevenly.
     */
    SelectorLoop nextForAccepted() {
        return loops.get(Math.floorMod(accepted.getAndIncrement(), loops.size()));
    }

    DirectBufferPool buffers() {
        return buffers;
    }

    private void trimLater() {
        loops.getFirst()
                .schedule(
                        TRIM_NANOS,
                        () -> {
                            buffers.trim();
                            trimLater();
                        });
    }

    private static int loopCount(NetConfig config) {
        int wanted = config.loops();
        if (wanted < 0 || wanted > MAX_LOOPS) {
            throw new IllegalArgumentException(
                    "loops=%d, 0 to %d allowed".formatted(wanted, MAX_LOOPS));
        }
        return wanted > 0
                ? wanted
                : Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors());
    }

    private static long poolBytes(NetConfig config) {
        long wanted = (long) config.buffer_mebibytes() << 20;
        // The JDK allows as much direct memory as heap; the rest is for others than this pool.
        long most = Runtime.getRuntime().maxMemory() / 4 * 3;
        return Math.min(wanted, most);
    }
}
