package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.content;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.bittern.peer.internal.fake.FakeLimit;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.peer.internal.fake.RecordedEvents.Block;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The receive path: reads, limits, back-pressure. */
@Timeout(60)
class LinkReceiveTest extends LinkFixture {
    @Test
    void checksPieceNumbersOnceTheyAreKnown() {
        us.pieceCount = 0;
        RecordedEvents events = open();
        receive(hex("00000005 04 00001000"));
        events.open().pieceCount(10);
        receive(hex("00000005 04 00000009"));
        assertThat(events.messages)
                .containsExactly(new PeerMessage.Have(4096), new PeerMessage.Have(9));
        receive(hex("00000005 04 0000000a"));
        assertThat(events.violation).isTrue();
        assertThat(events.reason).isEqualTo("message 4 of piece 10, torrent has 10");
        assertThat(connection.closed()).isTrue();
    }

    @Test
    void aBlockWithoutMemoryEndsTheLinkAndThrowsNothing() {
        RecordedEvents events = open();
        receive(hex("00000000")); // the loop has its memory
        loop.pool().useUp();
        receive(block(0, 0, BLOCK));
        assertThat(events.closings).isOne();
        assertThat(events.violation).isFalse();
        assertThat(events.reason).contains("no memory");
    }

    @Test
    void readsPayloadOnlyAsTheLimitGrants() {
        FakeLimit down = new FakeLimit(0);
        us.down = down;
        shares.dial(connection, us.spec(), false, us.events);
        receive(them.handshake(), blocks(4));
        RecordedEvents events = us.events;
        assertThat(events.receivedNothing()).isTrue();
        assertThat(connection.readWanted()).isFalse();
        long fired = loop.firedTimers();
        loop.advance(Duration.ofSeconds(1));
        assertThat(loop.firedTimers() - fired)
                .as("wake-ups while nothing is granted")
                .isLessThan(250);
        down.add(2 * BLOCK + 100);
        loop.advance(Duration.ofMillis(200));
        assertThat(events.blocks).hasSize(2);
        assertThat(down.tokens()).isLessThan(14);
        down.add(1 << 20);
        loop.advance(Duration.ofMillis(200));
        assertThat(events.blocks).hasSize(4);
        assertThat(down.tokens())
                .as("only payload was counted")
                .isEqualTo((1 << 20) + 100 - 2 * BLOCK);
    }

    @Test
    void stopsReadingWhenTheDiskIsBehind() {
        RecordedEvents events = open();
        events.open().suspendReading(true);
        receive(blocks(2));
        assertThat(events.blocks).isEmpty();
        assertThat(connection.readWanted()).isFalse();
        loop.advance(Duration.ofMinutes(5));
        assertThat(events.closings).as("silence of a peer that we do not listen to").isZero();
        events.open().suspendReading(false);
        loop.run();
        assertThat(events.blocks).hasSize(2);
    }

    @Test
    void receivesBlocksInReadsOfAnySize() {
        RecordedEvents events = open();
        byte[] stream = join(blocks(6), hex("00000001 01"));
        List<Block> expected =
                IntStream.range(0, 6)
                        .mapToObj(i -> Block.of(0, i * BLOCK, content(0, i * BLOCK, BLOCK)))
                        .toList();
        for (int size : new int[] {1, 13, 4_096, BLOCK + 12, BLOCK + 13, 50_000, 1 << 20}) {
            events.blocks.clear();
            connection.readAtMost(size);
            receive(stream);
            assertThat(events.blocks).as("reads of %d bytes", size).isEqualTo(expected);
        }
        assertThat(events.messages).hasSize(7);
        assertThat(events.open().receivedBytes()).isEqualTo(7L * stream.length);
    }

    @Test
    void readsALotAtOnce() {
        open();
        int before = connection.reads();
        receive(blocks(15));
        assertThat(connection.reads() - before).isOne();
    }

    @Test
    void deliversNothingAfterTheEngineClosedInTheMiddle() {
        RecordedEvents events = open();
        events.onMessage = () -> events.open().close("as tested");
        receive(hex("00000001 01"), block(0, 0, 100), hex("00000001 00"));
        assertThat(events.messages).hasSize(1);
        assertThat(events.blocks).isEmpty();
    }

    @Test
    void anExceptionOfTheEngineClosesTheLinkAndReachesTheLoop() {
        RecordedEvents events = open();
        events.onMessage =
                () -> {
                    throw new IllegalStateException("as tested");
                };
        connection.receive(hex("00000001 01"));
        assertThatThrownBy(loop::run).hasMessage("as tested");
        loop.run();
        assertThat(events.reason).isEqualTo("internal error");
    }
}
