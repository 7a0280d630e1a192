package org.bittern.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SwapMeterTest {
    private static final Duration SAMPLE = Duration.ofMillis(2);
    private static final Duration GAP = Duration.ofMillis(300);
    private static final Duration LINKS = Duration.ofMillis(20);
    private static final InetSocketAddress PEER = peer(1);
    private static final InetSocketAddress OTHER = peer(2);

    private final HandTicker ticker = new HandTicker();
    private final FakeDownload download = new FakeDownload(ticker);
    private final SwapMeter meter =
            new SwapMeter(
                    download.host(), "id", Duration.ofSeconds(5), Duration.ofMillis(700), ticker);

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** What an exchange does to the download. */
    private interface Change {
        void make();
    }

    private SwapCost cost(Change change) throws Exception {
        SwapCost cost =
                meter.measure(() -> {
                    change.make();
                    return "";
                });
        assertThat(ticker.openLooks()).as("the download's own").isEqualTo(1);
        return cost;
    }

    @Test
    void nothingCostsNothing() throws Exception {
        SwapCost cost = cost(() -> {});
        assertThat(cost.longestGap()).isLessThanOrEqualTo(SAMPLE);
        assertThat(cost.longestRedial()).isZero();
        assertThat(cost.droppedPeers()).isZero();
        assertThat(cost.fetchedTwiceBytes()).isZero();
    }

    @Test
    void aGapIsAsLongAsNoBlockCame() throws Exception {
        SwapCost cost =
                cost(() -> {
                    download.flowing = false;
                    ticker.pause(GAP);
                    download.flowing = true;
                    ticker.pause(GAP);
                });
        assertThat(cost.longestGap()).isBetween(GAP, GAP.plus(SAMPLE));
    }

    @Test
    void aNewEngineCountsFromZero() throws Exception {
        download.wasted = 50_000;
        SwapCost cost =
                cost(() -> {
                    download.running = false;
                    ticker.pause(GAP);
                    download.restart();
                    download.wasted = 1000;
                });
        // Two looks later: the first one sees where the new engine begins.
        assertThat(cost.longestGap()).isBetween(GAP, GAP.plus(SAMPLE).plus(SAMPLE));
        assertThat(cost.fetchedTwiceBytes()).isEqualTo(1000);
    }

    @Test
    void aLinkThatBeganAgainWasDropped() throws Exception {
        download.bytesOfPeers.put(PEER, 1000L);
        download.bytesOfPeers.put(OTHER, 1000L);
        SwapCost cost =
                cost(() -> {
                    download.bytesOfPeers.put(PEER, 0L);
                    download.bytesOfPeers.put(OTHER, 2000L);
                    ticker.pause(GAP);
                    download.bytesOfPeers.put(PEER, 3000L);
                });
        assertThat(cost.droppedPeers()).isEqualTo(1);
    }

    @Test
    void redialIsTheTimeUntilTheLastPeerIsBack() throws Exception {
        download.bytesOfPeers.put(PEER, 1000L);
        download.bytesOfPeers.put(OTHER, 1000L);
        SwapCost cost =
                cost(() -> {
                    download.bytesOfPeers.clear();
                    ticker.pause(GAP);
                    download.bytesOfPeers.put(peer(3), 0L);
                    ticker.pause(GAP);
                    download.bytesOfPeers.put(OTHER, 0L);
                });
        assertThat(cost.longestRedial())
                .isBetween(GAP.plus(GAP).minus(LINKS), GAP.plus(GAP).plus(LINKS));
        assertThat(cost.droppedPeers()).isEqualTo(2);
    }

    @Test
    void peersThatComeBackAfterTheBlocksAreWaitedForAndTimed() throws Exception {
        Duration away = GAP.multipliedBy(4);
        download.bytesOfPeers.put(PEER, 1000L);
        SwapCost cost =
                meter.measure(() -> {
                    long begin = ticker.nanoTime();
                    download.bytesOfPeers.clear();
                    ticker.looks()
                            .every(
                                    SAMPLE,
                                    () -> {
                                        if (ticker.nanoTime() - begin > away.toNanos()) {
                                            download.bytesOfPeers.put(PEER, 1L);
                                        }
                                    });
                    return "";
                });
        assertThat(cost.longestRedial()).isBetween(away.minus(LINKS), away.plus(LINKS));
    }

    @Test
    void anEngineThatIsAwayHasNoPeersAndItsSuccessorMayGoOnWithThem() throws Exception {
        SwapCost cost = engineAway(2000);
        assertThat(cost.longestRedial()).isBetween(GAP.minus(LINKS), GAP.plus(LINKS));
        assertThat(cost.droppedPeers()).isZero();
    }

    @Test
    void aSuccessorThatBeganLinksAnewDroppedThem() throws Exception {
        assertThat(engineAway(500).droppedPeers()).isEqualTo(1);
    }

    /**
     * @param bytes that the link of 1000 bytes has afterwards
     */
    private SwapCost engineAway(long bytes) throws Exception {
        download.bytesOfPeers.put(PEER, 1000L);
        return cost(() -> {
            download.running = false;
            ticker.pause(GAP);
            download.bytesOfPeers.put(PEER, bytes);
            download.restart();
        });
    }

    @Test
    void answersThatOvertakeEachOtherLoseNoLink() throws Exception {
        download.bytesOfPeers.put(PEER, 1000L);
        SwapCost cost =
                meter.measure(() -> {
                    download.overtaken = true;
                    ticker.looks()
                            .every(
                                    Duration.ofMillis(1),
                                    () -> download.bytesOfPeers.merge(PEER, 1L, Long::sum));
                    return "";
                });
        assertThat(cost.droppedPeers()).isZero();
        assertThat(download.overtaken).as("still to come").isFalse();
    }

    @Test
    void countsWhatCameTwice() throws Exception {
        download.wasted = 50_000;
        SwapCost cost =
                cost(() -> {
                    download.wasted += 16_384;
                    download.surplus += 1000;
                });
        assertThat(cost.fetchedTwiceBytes()).isEqualTo(17_384);
    }

    @Test
    void blocksOnTheirWayToTheDiskDidNotComeTwice() throws Exception {
        download.surplus = 16_384;
        SwapCost cost =
                meter.measure(() -> {
                    download.surplus = 5 * 16_384;
                    ticker.looks()
                            .every( // the disk catches up
                                    Duration.ofMillis(100),
                                    () ->
                                            download.surplus =
                                                    Math.max(16_384, download.surplus - 16_384));
                    return "";
                });
        assertThat(cost.fetchedTwiceBytes()).isZero();
    }

    @Test
    void givesUpWhenBlocksDoNotFlowAgain() {
        assertThatThrownBy(() -> cost(() -> download.flowing = false))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("blocks do not flow again in 5 s");
        assertThat(ticker.openLooks()).isEqualTo(1);
    }

    @Test
    void waitsForNothingWhenAllIsThere() throws Exception {
        download.bytesOfPeers.put(PEER, 1000L);
        SwapCost cost =
                cost(() -> {
                    download.flowing = false;
                    download.complete = true;
                    download.bytesOfPeers.clear();
                    download.restart();
                });
        assertThat(cost.fetchedTwiceBytes()).isZero();
    }

    @Test
    void givesUpWhenPeersDoNotComeBack() {
        download.bytesOfPeers.put(PEER, 1000L);
        assertThatThrownBy(() -> cost(download.bytesOfPeers::clear))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("peers do not come back in 5 s");
    }
}
