package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.choice.SimulatedSwarm.SECOND;

import org.bittern.engine.internal.choice.SimulatedSwarm.Downloader;
import org.bittern.engine.internal.choice.SimulatedSwarm.Link;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the choices lead to in a swarm. */
@Timeout(60)
class PickerSwarmTest {
    private static final long MEGABYTE = 1_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void finishesSoonAfterTheFastPeersAlthoughOneIsVerySlow(long seed) {
        SimulatedSwarm swarm = new SimulatedSwarm(200, 8, seed);
        Downloader downloader = swarm.downloader("d");
        downloader.connect(null, 2 * MEGABYTE);
        downloader.connect(null, 3 * MEGABYTE);
        downloader.connect(null, MEGABYTE / 100);
        swarm.run(1000 * SECOND);
        assertThat(swarm.allComplete()).isTrue();
        long ideal = 200L * 8 * PieceMap.BLOCK * SECOND / (5 * MEGABYTE);
        assertThat(downloader.completedAt).isLessThan(ideal * 12 / 10 + 2 * SECOND);
        assertThat(downloader.wastedBlocks).as("of 1600").isLessThan(30);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void finishesAlthoughAPeerFallsSilent(long seed) {
        SimulatedSwarm swarm = new SimulatedSwarm(100, 8, seed);
        Downloader downloader = swarm.downloader("d");
        downloader.connect(null, MEGABYTE);
        Link dying = downloader.connect(null, MEGABYTE);
        swarm.at(3 * SECOND, () -> dying.die(30 * SECOND));
        swarm.run(1000 * SECOND);
        assertThat(swarm.allComplete()).isTrue();
        assertThat(downloader.completedAt)
                .as("the end game does not wait for the time-out")
                .isLessThan(20 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void spreadsThePiecesOfASlowSeedQuickly(long seed) {
        long rarest = blocksUntilEachPieceIsOut(seed, false);
        assertThat(rarest).as("sent by the seed; 800 is one copy").isLessThan(800 * 16 / 10);
        assertThat(blocksUntilEachPieceIsOut(seed, true))
                .as("the same in order, where all want the same pieces")
                .isGreaterThan(2 * rarest);
    }

    private static long blocksUntilEachPieceIsOut(long seed, boolean sequential) {
        int pieces = 200;
        SimulatedSwarm swarm = new SimulatedSwarm(pieces, 4, seed);
        for (int i = 0; i < 10; i++) {
            swarm.downloader("d" + i).picker.sequential(sequential);
        }
        for (Downloader reader : swarm.downloaders) {
            for (Downloader source : swarm.downloaders) {
                if (source != reader) {
                    reader.connect(source, MEGABYTE);
                }
            }
        }
        for (Downloader reader : swarm.downloaders) {
            reader.connect(null, MEGABYTE / 20);
        }
        long limit = 0;
        while (!everyPieceIsOut(swarm, pieces) && limit < 10_000 * SECOND) {
            limit += SECOND / 10;
            swarm.run(limit);
        }
        long sent = swarm.downloaders.stream().mapToLong(d -> d.links.getLast().sentBlocks).sum();
        swarm.run(limit + 1000 * SECOND);
        assertThat(swarm.allComplete()).isTrue();
        return sent;
    }

    private static boolean everyPieceIsOut(SimulatedSwarm swarm, int pieces) {
        Bitfield out = new Bitfield(pieces);
        swarm.downloaders.forEach(downloader -> out.or(downloader.picker.verified()));
        return out.isComplete();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void usesEveryPeerToTheFull(long seed) {
        SimulatedSwarm swarm = new SimulatedSwarm(400, 16, seed);
        swarm.latencyNanos = SECOND / 1000;
        Downloader downloader = swarm.downloader("d");
        for (int i = 0; i < 8; i++) {
            downloader.connect(null, MEGABYTE);
        }
        swarm.run(1000 * SECOND);
        long ideal = 400L * 16 * PieceMap.BLOCK * SECOND / (8 * MEGABYTE);
        assertThat(downloader.completedAt).isBetween(ideal, ideal * 105 / 100);
    }
}
