package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.content;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bittern.peer.internal.fake.FakeConnection;
import org.bittern.peer.internal.fake.FakeLoop;
import org.bittern.peer.internal.fake.FakeSource;
import org.bittern.peer.internal.fake.RecordedEvents.Block;
import org.bittern.peer.internal.fake.TestPeer;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two of our own ends with MSE between them, and strangers who only pretend. */
@Timeout(60)
class EncryptedLinkTest {
    private static final int BLOCK = 16_384;

    private final FakeLoop loop = new FakeLoop();
    private final FakeLoop otherLoop = new FakeLoop();
    private final TestPeer us = new TestPeer(loop, "-BN0001-us0123456789");
    private final TestPeer them = new TestPeer(otherLoop, "-BN0001-them01234567");
    private final LoopShares shares = new LoopShares(Runnable::run, new Random(3));
    private final FakeConnection dialled = new FakeConnection(loop);
    private final FakeConnection accepted = new FakeConnection(otherLoop);

    @AfterEach
    void givesAllMemoryAndTimersBack() {
        shares.stop();
        run();
        for (FakeLoop one : List.of(loop, otherLoop)) {
            assertThat(one.pool().usedBytes()).isZero();
            assertThat(one.waitingTimers()).isZero();
        }
    }

    private void run() {
        for (int i = 0; i < 40; i++) {
            loop.run();
            otherLoop.run();
        }
    }

    private void connect() {
        FakeConnection.join(dialled, accepted);
        shares.accept(accepted, them);
        shares.dial(dialled, us.spec(), true, us.events);
        run();
    }

    @ParameterizedTest
    @CsvSource({
        "BOTH, BOTH, false",
        "BOTH, RC4_ONLY, true",
        "RC4_ONLY, BOTH, true",
        "RC4_ONLY, RC4_ONLY, true"
    })
    void opensWithWhatBothPoliciesAllow(
            EncryptionPolicy dialling, EncryptionPolicy dialledOne, boolean rc4) {
        us.encryption = dialling;
        them.encryption = dialledOne;
        connect();
        assertThat(us.events.opened).isOne();
        assertThat(them.events.opened).isOne();
        assertThat(us.events.open().encrypted()).isEqualTo(rc4);
        assertThat(them.events.open().encrypted()).isEqualTo(rc4);
        assertThat(us.events.messages).as("extension handshake").hasSize(1);
        assertThat(them.events.messages).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000, 1 << 20})
    void carriesEverythingBothWaysInReadsOfAnySize(int size, @TempDir Path directory) {
        us.encryption = EncryptionPolicy.RC4_ONLY;
        dialled.readAtMost(size);
        accepted.readAtMost(size);
        connect();
        for (int i = 0; i < 6; i++) {
            int begin = i * BLOCK;
            us.events.open().sendBlock(0, begin, FakeSource.memory(loop.pool(), 0, begin, BLOCK));
            us.events.open().send(new PeerMessage.Have(i));
            them.events
                    .open()
                    .sendBlock(1, begin, FakeSource.files(directory, 1, begin, BLOCK, () -> {}));
        }
        run();
        assertThat(them.events.blocks).isEqualTo(blocks(0));
        assertThat(us.events.blocks).isEqualTo(blocks(1));
        assertThat(them.events.messages).contains(new PeerMessage.Have(5));
        assertThat(new String(dialled.takeSent(), StandardCharsets.ISO_8859_1))
                .as("what is seen on the wire")
                .doesNotContain("BitTorrent", "ut_metadata");
    }

    private static List<Block> blocks(int piece) {
        return IntStream.range(0, 6)
                .mapToObj(i -> Block.of(piece, i * BLOCK, content(piece, i * BLOCK, BLOCK)))
                .toList();
    }

    @Test
    void sendsEncryptedBytesOnceAndInOrderAfterShortWrites() {
        us.encryption = EncryptionPolicy.RC4_ONLY;
        connect();
        Random random = new Random(11);
        for (int i = 0; i < 6; i++) {
            int begin = i * BLOCK;
            us.events.open().sendBlock(0, begin, FakeSource.memory(loop.pool(), 0, begin, BLOCK));
        }
        int told = 0;
        while (us.events.open().queuedBytes() > 0) {
            dialled.writeAtMost(random.nextInt(9_000));
            run();
            us.events.open().send(new PeerMessage.Have(told % 100));
            assertThat(us.events.sent.size()).isGreaterThanOrEqualTo(told);
            told = us.events.sent.size();
            dialled.writeAtMost(1 + random.nextInt(20_000));
            run();
        }
        dialled.writeAtMost(Long.MAX_VALUE);
        run();
        assertThat(them.events.blocks).isEqualTo(blocks(0));
        assertThat(us.events.sent).hasSize(6);
        assertThat(them.events.violation).isFalse();
    }

    @Test
    void encryptedBytesWithoutMemoryEndTheLinkAndThrowNothing() {
        us.encryption = EncryptionPolicy.RC4_ONLY;
        connect();
        dialled.writeAtMost(1);
        us.events.open().send(new PeerMessage.Have(1));
        loop.pool().useUp();
        run();
        assertThat(us.events.closings).isOne();
        assertThat(us.events.reason).contains("no memory");
    }

    @Test
    void aTorrentThatWantsPlaintextHangsUp() {
        them.encryption = EncryptionPolicy.PLAINTEXT_ONLY;
        connect();
        assertThat(us.events.opened).isZero();
        assertThat(us.events.closings).isOne();
        assertThat(us.events.violation).as("it may be dialled again in plaintext").isFalse();
    }

    @Test
    void anEncryptedDialToAnUnknownTorrentIsClosed() {
        them.known = false;
        connect();
        assertThat(accepted.closed()).isTrue();
        assertThat(us.events.closings).isOne();
        assertThat(them.events.closings).isZero();
    }

    @Test
    void movesAnEncryptedLinkToTheLoopOfItsTorrent() {
        us.encryption = EncryptionPolicy.RC4_ONLY;
        FakeLoop third = new FakeLoop();
        FakeConnection arriving = new FakeConnection(third);
        FakeConnection.join(dialled, arriving);
        shares.accept(arriving, them);
        shares.dial(dialled, us.spec(), true, us.events);
        for (int i = 0; i < 40; i++) {
            third.run();
            run();
        }
        assertThat(them.events.opened).isOne();
        assertThat(arriving.loop()).isSameAs(otherLoop);
        them.events.open().send(new PeerMessage.Unchoke());
        run();
        assertThat(us.events.messages).contains(new PeerMessage.Unchoke());
        assertThat(third.waitingTimers()).isZero();
    }

    @Test
    void noiseEndsInTimeAndCostsLittle() {
        byte[] noise = new byte[5_000];
        new Random(5).nextBytes(noise);
        for (int length : new int[] {1, 95, 96, 97, 600, 5_000}) {
            FakeConnection stranger = new FakeConnection(otherLoop);
            shares.accept(stranger, them);
            stranger.receive(Arrays.copyOf(noise, length));
            otherLoop.run();
            if (length >= 96 + 532) {
                assertThat(stranger.closed()).as("after %d bytes", length).isTrue();
            }
            otherLoop.advance(Duration.ofSeconds(20));
            assertThat(stranger.closed()).as("%d bytes, after 20 s", length).isTrue();
        }
        assertThat(otherLoop.pool().takePeak()).as("pooled memory").isZero();
    }

    @Test
    void aPeerThatAnswersInPlaintextIsNotUnderstood() {
        shares.dial(dialled, us.spec(), true, us.events);
        dialled.receive(them.handshake());
        loop.run();
        assertThat(us.events.opened).isZero();
        dialled.receive(new byte[2_000]);
        loop.run();
        assertThat(us.events.closings).isOne();
    }

    @Test
    void aResultThatComesTooLateDoesNoHarm() {
        ArrayDeque<Runnable> work = new ArrayDeque<>();
        LoopShares slow = new LoopShares(work::add, new Random(4));
        slow.dial(dialled, us.spec(), true, us.events);
        loop.advance(Duration.ofSeconds(16));
        assertThat(us.events.closings).isOne();
        work.forEach(Runnable::run);
        loop.run();
        assertThat(dialled.takeSent()).isEmpty();
        assertThat(us.events.closings).isOne();
    }
}
