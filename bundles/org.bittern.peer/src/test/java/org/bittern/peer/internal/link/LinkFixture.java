package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.join;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.stream.IntStream;
import org.bittern.peer.internal.fake.FakeConnection;
import org.bittern.peer.internal.fake.FakeLoop;
import org.bittern.peer.internal.fake.FakeSource;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.peer.internal.fake.TestPeer;
import org.junit.jupiter.api.AfterEach;

/** A link whose other end is the test; checks afterwards that nothing was left behind. */
abstract class LinkFixture {
    static final int BLOCK = 16_384;

    final FakeLoop loop = new FakeLoop();
    final TestPeer us = new TestPeer(loop, "-BN0001-us0123456789");
    final TestPeer them = new TestPeer(loop, "-XX0001-them01234567");
    final LoopShares shares = new LoopShares(Runnable::run, new Random(1));
    final FakeConnection connection = new FakeConnection(loop);
    int filesClosed;

    @AfterEach
    void givesAllMemoryAndTimersBack() {
        shares.stop();
        loop.run();
        assertThat(loop.pool().usedBytes()).isZero();
        assertThat(loop.waitingTimers()).isZero();
        assertThat(us.events.closings).isLessThanOrEqualTo(1);
    }

    /** A link whose other end is the test, after the hand-shakes. */
    RecordedEvents open() {
        shares.dial(connection, us.spec(), false, us.events);
        connection.receive(them.handshake());
        loop.run();
        assertThat(us.events.opened).isOne();
        connection.takeSent();
        return us.events;
    }

    void receive(byte[]... parts) {
        connection.receive(join(parts));
        loop.run();
    }

    void sendBlocks(int count) {
        for (int i = 0; i < count; i++) {
            us.events
                    .open()
                    .sendBlock(0, i * BLOCK, FakeSource.memory(loop.pool(), 0, i * BLOCK, BLOCK));
        }
    }

    static byte[] blocks(int count) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        IntStream.range(0, count).forEach(i -> all.writeBytes(block(0, i * BLOCK, BLOCK)));
        return all.toByteArray();
    }
}
