package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestQueueTest {
    private static final long BLOCK = 16_384;

    private final RequestQueue queue = new RequestQueue();

    @BeforeEach
    void letThePeerTakeMany() {
        queue.peerLimit(2000);
    }

    private void blocks(int count) {
        for (int i = 0; i < count; i++) {
            queue.blockReceived();
        }
    }

    @Test
    void beginsWithSixteenAndGrowsByOneForEachBlock() {
        assertThat(queue.size()).isEqualTo(16);
        blocks(10);
        assertThat(queue.size()).isEqualTo(26);
    }

    @Test
    void isAtItsLargestAfterAFewMegabytesOnAFastLink() {
        blocks(500);
        assertThat(queue.size()).isEqualTo(RequestQueue.MOST);
        queue.sampled(600L << 20);
        queue.sampled(500L << 20);
        assertThat(queue.size()).as("after slow start").isEqualTo(RequestQueue.MOST);
    }

    @Test
    void holdsThreeSecondsOnceTheRateNoLongerGrows() {
        blocks(400);
        queue.sampled(100 * BLOCK);
        assertThat(queue.size()).as("one sample shows no growth").isEqualTo(416);
        assertThat(queue.growing()).isTrue();
        queue.sampled(100 * BLOCK);
        assertThat(queue.growing()).isFalse();
        assertThat(queue.size()).isEqualTo(300);
        queue.sampled(120 * BLOCK);
        assertThat(queue.size()).isEqualTo(360);
    }

    @Test
    void fallsSlowlyWhenThePeerPauses() {
        queue.sampled(100 * BLOCK);
        queue.sampled(100 * BLOCK);
        queue.sampled(0);
        assertThat(queue.size()).isEqualTo(225);
    }

    @Test
    void neverFallsBelowTwoNorRisesAboveWhatThePeerTakes() {
        queue.sampled(100);
        queue.sampled(100);
        assertThat(queue.size()).isEqualTo(2);
        queue.sampled(1L << 40);
        queue.peerLimit(50);
        assertThat(queue.size()).isEqualTo(50);
        queue.peerLimit(-3);
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void takesTheUsualLimitForGrantedIfThePeerDoesNotSay() {
        RequestQueue silent = new RequestQueue();
        for (int i = 0; i < 1000; i++) {
            silent.blockReceived();
        }
        assertThat(silent.size()).isEqualTo(RequestQueue.DEFAULT_PEER_LIMIT);
    }

    @Test
    void asksASnubbedPeerForOneBlockAndThenStartsSlowly() {
        blocks(300);
        queue.snubbed(true);
        assertThat(queue.size()).isEqualTo(1);
        RequestQueue fresh = new RequestQueue();
        fresh.sampled(10);
        fresh.snubbed(true);
        fresh.snubbed(false);
        assertThat(fresh.size()).isEqualTo(RequestQueue.LEAST);
        fresh.blockReceived();
        assertThat(fresh.size()).isEqualTo(RequestQueue.LEAST + 1);
    }
}
