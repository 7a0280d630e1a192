package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.PieceNeed.Span;
import org.bittern.api.engine.PieceNeed.Urgency;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit that holds a download back for long, and is raised. */
@Timeout(180)
class LimitChangeTest {
    private static final int KIB = 1024;
    private static final int BLOCK = 16 * KIB;
    private static final long SEED = 0x11a1_0001;
    private static final long LITTLE = 1000;
    private static final long MUCH = 200_000;
    private static final Duration JITTER = Duration.ofMillis(20);

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({"1,10,0,tcp", "3,90,0,tcp", "10,90,3,tcp", "1,90,3,utp", "3,90,0,utp"})
    void aDownloadIsFastAtOnceWhenItsLimitIsRaised(
            int seeds, int slowSeconds, int fastSeconds, String transport) {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(8 * KIB * KIB, 64 * KIB, SEED);
        Machine leecher = leecher(world, payload, seeds, transport);
        limit(world, leecher, payload, MUCH);
        world.run(Duration.ofSeconds(fastSeconds));
        limit(world, leecher, payload, LITTLE);
        world.run(Duration.ofSeconds(slowSeconds));
        limit(world, leecher, payload, MUCH);
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long before = downloaded(leecher, payload);
            world.run(Duration.ofSeconds(1));
            seconds.add(downloaded(leecher, payload) - before);
        }
        System.out.printf(
                "seed %#x: %d seeds, %s, %d s slow: bytes in each second %s%n",
                SEED, seeds, transport, slowSeconds, seconds);
        assertThat(seconds.stream().mapToLong(Long::longValue).sum()).isGreaterThan(8 * MUCH);
        world.close();
    }

    /** What the low limit made late must not be asked of a second seed. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void nothingComesTwiceForAReaderWhoWaitedUnderALowLimit(int seeds) {
        World world = new World(SEED, directory);
        int piece = 256 * KIB;
        Payload payload = Payload.of(16 * KIB * KIB, piece, SEED);
        Machine leecher = leecher(world, payload, seeds, "tcp");
        PieceDemand demand = leecher.torrent(payload).demand();
        Span ahead = new Span(1, 40, Urgency.NEXT);
        var _ = demand.need(new PieceNeed(new Span(0, 0, Urgency.URGENT), List.of(ahead)));
        world.run(Duration.ofSeconds(60));
        limit(world, leecher, payload, MUCH);
        world.run(Duration.ofSeconds(30));
        long wasted = leecher.snapshot(payload).transfer().wastedBytes();
        System.out.printf("seed %#x: %d seeds, %d bytes came twice%n", SEED, seeds, wasted);
        assertThat(wasted).isLessThan(piece);
        assertThat(downloaded(leecher, payload)).isGreaterThan(25 * MUCH);
        demand.close();
        world.close();
    }

    /** libtorrent closes links of those who ask for nothing during a minute. */
    @Test
    void aPeerIsAskedForMoreNowAndThenHoweverSlowTheLimit() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(KIB * KIB, 64 * KIB, SEED);
        Machine leecher = leecher(world, payload, 1, "tcp");
        long asked = 0;
        for (int i = 0; i < 10; i++) {
            world.run(Duration.ofSeconds(35)); // two blocks come in it
            long now = asked(leecher, payload);
            assertThat(now).as("blocks asked for so far").isGreaterThan(asked);
            asked = now;
        }
        world.close();
    }

    private static long asked(Machine leecher, Payload payload) {
        PeerSnapshot peer = leecher.peers(payload).getFirst();
        return peer.requestsOut() + peer.downloadedBytes() / BLOCK;
    }

    private static Machine leecher(World world, Payload payload, int seeds, String transport) {
        for (int i = 0; i < seeds; i++) {
            speaking(world, transport).holding(payload).start().add(payload);
        }
        world.run(Duration.ofSeconds(2));
        Machine leecher = speaking(world, transport).start();
        Settings slow = Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, LITTLE);
        world.await(leecher.engine().add(payload.request().with(slow)));
        return leecher;
    }

    private static Machine speaking(World world, String transport) {
        Machine machine = world.machine(0, 0);
        return transport.equals("utp") ? machine.overUtp(JITTER) : machine;
    }

    private static void limit(World world, Machine machine, Payload payload, long rate) {
        world.await(
                machine.torrent(payload)
                        .setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, rate)));
    }

    private static long downloaded(Machine machine, Payload payload) {
        return machine.snapshot(payload).transfer().downloadedBytes();
    }
}
