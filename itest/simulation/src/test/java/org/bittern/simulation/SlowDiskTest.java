package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is slower than the network. */
@Timeout(180)
class SlowDiskTest {
    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;
    private static final int BLOCK = 16 * KIB;
    private static final int PIECE = 64 * KIB;
    private static final int QUEUE_MIB = 4;
    private static final long LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SEED = 0x510d_0001;

    @TempDir Path directory;

    @Test
    void theNetworkWaitsForTheDiskAndNothingIsFetchedTwice() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(12 * MIB, PIECE, SEED);
        world.machine(0, 0).holding(payload).start().add(payload);
        Machine leecher =
                world.machine(0, 0)
                        .with(Settings.EMPTY.with(EngineSettings.DISK_QUEUE_MIB, QUEUE_MIB));
        leecher.disk().speed(LATENCY_NANOS, MIB);
        leecher.start().add(payload);
        AtomicLong most = new AtomicLong();
        world.until(
                "complete",
                () -> {
                    most.accumulateAndGet(leecher.disk().waitingBytes(), Math::max);
                    return leecher.seeds(payload);
                },
                Duration.ofMinutes(5));
        double took = world.time().seconds();
        int bytes = payload.bytes().length;
        double least = (double) bytes / MIB + (double) bytes / BLOCK * LATENCY_NANOS / 1e9;
        System.out.printf(
                "seed %#x: %.1f s, the disk alone %.1f s, at most %d KiB waited%n",
                SEED, took, least, most.get() / KIB);
        assertThat(took).isBetween(least, 1.2 * least);
        // It stops reading at seven eighths of the queue.
        long queue = (long) QUEUE_MIB * MIB;
        assertThat(most.get()).isBetween(queue / 8 * 7, queue);
        TorrentSnapshot last = leecher.snapshot(payload);
        assertThat(last.swarm().connected()).as("links that nobody gave up").isEqualTo(1);
        assertThat(last.transfer().wastedBytes()).isZero();
        assertThat(leecher.holds(payload)).isTrue();
        world.close();
    }
}
