package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bittern.peer.internal.fake.FakeLimit;
import org.bittern.peer.internal.fake.FakeSource;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The send path: order, partial writes, limits. */
@Timeout(60)
class LinkSendTest extends LinkFixture {
    @Test
    void gathersATurnIntoOneWrite() {
        RecordedEvents events = open();
        int before = connection.writes();
        for (int i = 0; i < 500; i++) {
            events.open().send(new PeerMessage.Request(1, i * BLOCK, BLOCK));
        }
        sendBlocks(3);
        assertThat(connection.takeSent()).isEmpty();
        loop.run();
        assertThat(connection.writes() - before).isOne();
        assertThat(connection.takeSent()).hasSize(500 * 17 + 3 * (BLOCK + 13));
        assertThat(events.sent).containsExactly("0/0+16384", "0/16384+16384", "0/32768+16384");
    }

    @Test
    void sendsBlocksFromMemoryAndFiles(@TempDir Path directory) {
        RecordedEvents events = open();
        byte[] expected = join(blocks(5), block(7, 3, 1_000));
        sendBlocks(5);
        events.open()
                .sendBlock(7, 3, FakeSource.files(directory, 7, 3, 1_000, () -> filesClosed++));
        assertThat(events.open().queuedBytes()).isEqualTo(expected.length);
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(expected);
        assertThat(filesClosed).isOne();
        assertThat(events.open().queuedBytes()).isZero();
        assertThat(events.open().sentBytes()).isGreaterThanOrEqualTo(expected.length);
    }

    @Test
    void goesOnAfterShortWritesAtEveryPosition(@TempDir Path directory) {
        RecordedEvents events = open();
        byte[] expected = join(block(0, 0, 20), block(7, 3, 30), hex("00000001 00"));
        for (int taken = 0; taken < expected.length - 5; taken++) {
            connection.writeAtMost(taken);
            events.open().sendBlock(0, 0, FakeSource.memory(loop.pool(), 0, 0, 20));
            events.open().sendBlock(7, 3, FakeSource.files(directory, 7, 3, 30, () -> {}));
            loop.run();
            assertThat(connection.writeWanted()).isTrue();
            events.open().send(new PeerMessage.Choke());
            connection.writeAtMost(Long.MAX_VALUE);
            loop.run();
            byte[] sent = connection.takeSent();
            assertThat(sent).hasSize(expected.length);
            assertThat(Arrays.copyOf(sent, taken)).isEqualTo(Arrays.copyOf(expected, taken));
            assertThat(connection.writeWanted()).isFalse();
        }
        assertThat(events.sent).hasSize(2 * (expected.length - 5));
    }

    @Test
    void closesALinkWhosePeerAsksAndNeverReads() {
        RecordedEvents events = open();
        connection.writeAtMost(0);
        int rejects = 0;
        while (events.closings == 0 && rejects < 1_000_000) {
            events.open().send(new PeerMessage.Reject(1, 0, BLOCK));
            if (++rejects % 1000 == 0) {
                loop.run();
                assertThat(loop.pool().usedBytes()).isLessThan(2 * Link.MAX_WAITING_BYTES);
            }
        }
        loop.run();
        assertThat(events.closings).isOne();
        assertThat(rejects).isBetween(50_000, 150_000);
    }

    @Test
    void closesALinkWhosePeerLeavesMuchUnreadForTwoMinutes() {
        RecordedEvents events = open();
        connection.writeAtMost(0);
        leave(Link.SPARE_WAITING_BYTES - BLOCK);
        waitTwoMinutes();
        assertThat(events.closings).as("so much may wait").isZero();
        leave(2 * BLOCK);
        loop.advance(Duration.ofSeconds(100));
        assertThat(events.closings).isZero();
        receive(hex("00000000")); // it is not silent
        loop.advance(Duration.ofSeconds(40));
        assertThat(events.closings).isOne();
        assertThat(events.reason).contains("does not read");
    }

    @Test
    void keepsALinkWhosePeerReadsInTheEnd() {
        RecordedEvents events = open();
        connection.writeAtMost(0);
        leave(Link.SPARE_WAITING_BYTES + BLOCK);
        loop.advance(Duration.ofSeconds(100));
        connection.writeAtMost(2 * BLOCK);
        waitTwoMinutes();
        assertThat(events.closings).isZero();
    }

    /** Lets messages wait that take so much memory. */
    private void leave(int bytes) {
        for (int i = 0; i < bytes / 17; i++) {
            us.events.open().send(new PeerMessage.Reject(1, 0, BLOCK));
        }
    }

    private void waitTwoMinutes() {
        for (int i = 0; i < 4; i++) {
            receive(hex("00000000"));
            loop.advance(Duration.ofSeconds(35));
        }
    }

    @Test
    void aMessageWithoutMemoryEndsTheLinkAndThrowsNothing() {
        RecordedEvents events = open();
        loop.pool().useUp();
        events.open().send(new PeerMessage.Choke());
        loop.run();
        assertThat(events.closings).isOne();
        assertThat(events.violation).isFalse();
        assertThat(events.reason).contains("no memory");
    }

    @Test
    void aTransportThatFailsToCloseKeepsNothingOfTheLink() {
        RecordedEvents events = open();
        connection.writeAtMost(0);
        sendBlocks(2);
        loop.run();
        connection.failToClose();
        assertThatThrownBy(() -> events.open().close("enough")).hasMessage("as tested");
        loop.run();
        assertThat(events.closings).isOne();
        assertThat(loop.pool().usedBytes()).isZero();
    }

    @Test
    void messagesOvertakeBlocksThatHaveNotBegun() {
        RecordedEvents events = open();
        connection.writeAtMost(100);
        sendBlocks(2);
        loop.run();
        events.open().send(new PeerMessage.Interested());
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        assertThat(connection.takeSent())
                .isEqualTo(join(block(0, 0, BLOCK), hex("00000001 02"), block(0, BLOCK, BLOCK)));
    }

    @Test
    void withdrawsABlockUnlessItHasBegun() {
        RecordedEvents events = open();
        connection.writeAtMost(1);
        sendBlocks(2);
        loop.run();
        assertThat(events.open().withdrawBlock(0, 0)).isFalse();
        assertThat(events.open().withdrawBlock(0, BLOCK)).isTrue();
        assertThat(events.open().withdrawBlock(0, BLOCK)).isFalse();
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(block(0, 0, BLOCK));
        assertThat(events.sent).hasSize(1);
    }

    @Test
    void sharesTheLoopWithOthersDuringALongUpload() {
        RecordedEvents events = open();
        sendBlocks(200);
        List<Integer> seen = new ArrayList<>();
        loop.execute(() -> seen.add(events.sent.size()));
        loop.run();
        assertThat(seen).singleElement().satisfies(sent -> assertThat(sent).isBetween(1, 100));
        assertThat(events.sent).hasSize(200);
        assertThat(connection.takeSent()).isEqualTo(blocks(200));
    }

    @Test
    void sendsABlockOnlyWhenTheLimitGrantedAllOfIt() {
        FakeLimit up = new FakeLimit(BLOCK + 100);
        us.up = up;
        RecordedEvents events = open();
        sendBlocks(3);
        events.open().send(new PeerMessage.Choke());
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(join(hex("00000001 00"), block(0, 0, BLOCK)));
        events.open().send(new PeerMessage.Unchoke());
        loop.advance(Duration.ofMillis(50));
        assertThat(connection.takeSent()).isEqualTo(hex("00000001 01"));
        up.add(BLOCK - 100);
        loop.advance(Duration.ofMillis(10));
        assertThat(connection.takeSent()).isEqualTo(block(0, BLOCK, BLOCK));
        up.add(7);
        loop.advance(Duration.ofMillis(10));
        assertThat(events.open().withdrawBlock(0, 2 * BLOCK)).isTrue();
        assertThat(up.tokens()).as("given back").isEqualTo(7);
    }

    @Test
    void keepsTheLinkAliveWhileABlockWaitsForTheLimit() {
        us.up = new FakeLimit(0);
        RecordedEvents events = open();
        sendBlocks(1);
        loop.advance(Duration.ofSeconds(110));
        assertThat(connection.takeSent()).isEqualTo(hex("00000000"));
        assertThat(events.open().queuedBytes()).isPositive();
    }

    @Test
    void aTransportThatIsFullNeedsNoKeepAlive() {
        open();
        connection.writeAtMost(100);
        sendBlocks(1);
        loop.advance(Duration.ofSeconds(110));
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(block(0, 0, BLOCK));
    }

    @Test
    void whatWasSavedForALongBlockThatIsWithdrawnIsNotLost() {
        FakeLimit up = new FakeLimit(BLOCK - 1);
        us.up = up;
        RecordedEvents events = open();
        sendBlocks(1);
        events.open().sendBlock(1, 0, FakeSource.memory(loop.pool(), 1, 0, 100));
        loop.run();
        assertThat(events.open().withdrawBlock(0, 0)).isTrue();
        loop.advance(Duration.ofMillis(10));
        assertThat(connection.takeSent()).isEqualTo(block(1, 0, 100));
        assertThat(up.tokens()).isEqualTo(BLOCK - 1 - 100);
    }

    @Test
    void aFileThatIsTooShortClosesTheLink(@TempDir Path directory) {
        RecordedEvents events = open();
        var source = FakeSource.files(directory, 0, 0, 90, () -> filesClosed++);
        events.open().sendBlock(0, 0, FakeSource.tooLong(source));
        loop.run();
        assertThat(events.reason).contains("file ends before the block");
        assertThat(events.violation).isFalse();
        assertThat(filesClosed).isOne();
    }
}
