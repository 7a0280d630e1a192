package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.bittern.peer.internal.fake.FakeConnection;
import org.bittern.peer.internal.fake.FakeLoop;
import org.bittern.peer.internal.fake.TestPeer;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a connection to a link, on both sides, and all the ways in which it comes to nothing. */
@Timeout(60)
class HandshakeTest {
    private static final byte[] V2_HASH =
            "hash-of-the-v2-swarm".getBytes(StandardCharsets.US_ASCII);

    private final FakeLoop loop = new FakeLoop();
    private final TestPeer us = new TestPeer(loop, "-BN0001-us0123456789");
    private final TestPeer them = new TestPeer(loop, "-XX0001-them01234567");
    private final LoopShares shares = new LoopShares(Runnable::run, new Random(1));
    private FakeConnection connection = new FakeConnection(loop);

    @AfterEach
    void givesAllMemoryAndTimersBack() {
        shares.stop();
        loop.run();
        assertThat(loop.pool().usedBytes()).isZero();
        assertThat(loop.waitingTimers()).isZero();
    }

    private void dial() {
        shares.dial(connection, us.spec(), false, us.events);
        loop.run();
    }

    private void accept() {
        shares.accept(connection, us);
        loop.run();
    }

    private void receive(byte[] bytes) {
        connection.receive(bytes);
        loop.run();
    }

    @Test
    void writesTheHandshakeOfBep3() {
        byte[] expected =
                join(
                        hex("13"),
                        "BitTorrent protocol".getBytes(StandardCharsets.US_ASCII),
                        hex("0000000000100015"),
                        TestPeer.HASH,
                        "-BN0001-us0123456789".getBytes(StandardCharsets.US_ASCII));
        dial();
        assertThat(connection.takeSent()).isEqualTo(expected);
        us.features = new Features(false, false, false, false);
        assertThat(Arrays.copyOfRange(us.handshake(), 20, 28)).containsOnly(0);
    }

    @Test
    void opensADialledLinkWithWhatBothSidesOffer() {
        them.features = new Features(true, false, true, false);
        dial();
        receive(them.handshake());
        assertThat(us.events.opened).isOne();
        assertThat(us.events.open().features()).isEqualTo(them.features);
        assertThat(us.events.open().peerId())
                .isEqualTo("-XX0001-them01234567".getBytes(StandardCharsets.US_ASCII));
        assertThat(us.events.open().incoming()).isFalse();
        assertThat(us.events.open().encrypted()).isFalse();
    }

    private static byte[] named(byte[] handshake, byte[] infoHash) {
        byte[] changed = handshake.clone();
        System.arraycopy(infoHash, 0, changed, 28, infoHash.length);
        return changed;
    }

    @Test
    void changesOverToTheV2SwarmOfAHybrid() {
        us.upgrade = V2_HASH;
        dial();
        assertThat(connection.takeSent()).isEqualTo(us.handshake());
        receive(named(them.handshake(), V2_HASH));
        assertThat(us.events.opened).isOne();
    }

    @Test
    void changesOverOnlyWhenBothOfferIt() {
        us.upgrade = V2_HASH;
        them.features = new Features(true, true, true, false);
        dial();
        receive(named(them.handshake(), V2_HASH));
        assertThat(us.events.opened).isZero();
        assertThat(us.events.closings).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersAHybridsPeerWithTheHashThatBothKnow(boolean theyOfferV2) {
        us.upgrade = V2_HASH;
        them.features = new Features(true, true, true, theyOfferV2);
        accept();
        receive(them.handshake());
        byte[] answer = theyOfferV2 ? named(us.handshake(), V2_HASH) : us.handshake();
        assertThat(connection.takeSent()).startsWith(answer);
        assertThat(us.events.opened).isOne();
    }

    @Test
    void answersAnIncomingHandshakeBeforeThePeerIdArrives() {
        accept();
        receive(Arrays.copyOf(them.handshake(), 48));
        assertThat(connection.takeSent()).isEqualTo(us.handshake());
        assertThat(us.events.opened).isZero();
        receive(Arrays.copyOfRange(them.handshake(), 48, 68));
        assertThat(us.events.opened).isOne();
        assertThat(us.events.open().incoming()).isTrue();
    }

    @Test
    void worksByteByByteAndReadsOnWithMessages() {
        connection.readAtMost(1);
        accept();
        receive(join(them.handshake(), hex("00000001 02")));
        assertThat(us.events.messages).containsExactly(new PeerMessage.Interested());
    }

    @Test
    void waitsForATransportThatTakesLittle() {
        connection.writeAtMost(10);
        accept();
        receive(them.handshake());
        assertThat(us.events.opened).isZero();
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        assertThat(us.events.opened).isOne();
        assertThat(Arrays.copyOf(connection.takeSent(), 68)).isEqualTo(us.handshake());
    }

    @Test
    void movesAnIncomingLinkToTheLoopOfItsTorrent() {
        FakeLoop listener = new FakeLoop();
        connection = new FakeConnection(listener);
        shares.accept(connection, us);
        connection.receive(join(them.handshake(), hex("00000001 02")));
        listener.run();
        assertThat(connection.loop()).isSameAs(loop);
        assertThat(listener.waitingTimers()).as("timers left on the listener's loop").isZero();
        loop.run();
        assertThat(us.events.messages).containsExactly(new PeerMessage.Interested());
        assertThat(listener.pool().usedBytes()).isZero();
    }

    @Test
    void closesAnUnknownTorrentUnanswered() {
        accept();
        byte[] stranger = them.handshake();
        stranger[30] ^= 1;
        receive(stranger);
        assertThat(connection.closed()).isTrue();
        assertThat(connection.takeSent()).isEmpty();
        assertThat(us.events.closings).isZero();
    }

    @Test
    void closesUnansweredWhenTheTorrentIsFull() {
        us.full = true;
        accept();
        receive(them.handshake());
        assertThat(connection.closed()).isTrue();
        assertThat(connection.takeSent()).isEmpty();
    }

    @Test
    void closesPlaintextWhenOnlyEncryptionIsWelcome() {
        us.encryption = EncryptionPolicy.RC4_ONLY;
        accept();
        receive(them.handshake());
        assertThat(connection.closed()).isTrue();
        assertThat(connection.takeSent()).isEmpty();
    }

    @Test
    void refusesAnAnswerForAnotherTorrent() {
        dial();
        byte[] stranger = them.handshake();
        stranger[30] ^= 1;
        receive(Arrays.copyOf(stranger, 48));
        assertThat(us.events.violation).isTrue();
        assertThat(us.events.reason).contains("another torrent");
        assertThat(us.events.opened).isZero();
        assertThat(us.events.closings).isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 19})
    void refusesWhatIsNoHandshakeAtTheFirstWrongByte(int at) {
        dial();
        byte[] wrong = Arrays.copyOf(them.handshake(), at + 1);
        wrong[at] ^= 0x20;
        receive(wrong);
        assertThat(us.events.violation).isTrue();
        assertThat(connection.closed()).isTrue();
    }

    @Test
    void givesUpOnASilentPeer() {
        dial();
        loop.advance(Duration.ofSeconds(14));
        assertThat(us.events.closings).isZero();
        loop.advance(Duration.ofSeconds(1));
        assertThat(us.events.reason).contains("too long");
        assertThat(us.events.violation).isFalse();
    }

    @Test
    void aSlowIncomingHandshakeEndsInTimeWhateverItSends() {
        accept();
        byte[] handshake = them.handshake();
        for (int i = 0; i < 19; i++) {
            receive(Arrays.copyOfRange(handshake, 3 * i, 3 * i + 3));
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(connection.closed()).isFalse();
        loop.advance(Duration.ofSeconds(1));
        assertThat(connection.closed()).isTrue();
        assertThat(us.events.closings).as("welcomed, then lost").isOne();
    }

    @Test
    void limitsHandshakesThatAreUnderWay() {
        for (int i = 0; i < LoopShares.MAX_HALF_OPEN; i++) {
            shares.accept(from("10.0.%d.%d".formatted(i >> 8, i & 0xff)), us);
        }
        accept();
        assertThat(connection.closed()).isTrue();
        loop.advance(Duration.ofSeconds(20));
        connection = new FakeConnection(loop);
        accept();
        receive(them.handshake());
        assertThat(us.events.opened).isOne();
        assertThat(loop.pool().takePeak()).isLessThan(1 << 20);
    }

    private FakeConnection from(String host) {
        return new FakeConnection(loop, new InetSocketAddress(host, 50_001));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1, 10.0.0.2", "2001:db8::1, 2001:db8::ffff:2, 2001:db8:0:1::1"})
    void oneHostDoesNotKeepTheOthersOut(String host, String sameHost, String other) {
        for (int i = 0; i < LoopShares.MAX_HALF_OPEN_PER_HOST; i++) {
            shares.accept(from(host), us);
        }
        FakeConnection tooMany = from(sameHost);
        shares.accept(tooMany, us);
        assertThat(tooMany.closed()).isTrue();
        FakeConnection another = from(other);
        shares.accept(another, us);
        assertThat(another.closed()).isFalse();
        loop.advance(Duration.ofSeconds(20));
        FakeConnection later = from(host);
        shares.accept(later, us);
        assertThat(later.closed()).isFalse();
    }

    @Test
    void linksThatAreOpenDoNotCountAsHandshakes() {
        for (int i = 0; i <= LoopShares.MAX_HALF_OPEN; i++) {
            FakeConnection incoming = new FakeConnection(loop);
            shares.accept(incoming, us);
            incoming.receive(them.handshake());
            loop.run();
            us.events.open().close("next one");
            loop.run();
        }
        assertThat(us.events.opened).isEqualTo(LoopShares.MAX_HALF_OPEN + 1);
    }

    @Test
    void endsWhenTheOtherSideHangsUp() {
        dial();
        connection.receive(Arrays.copyOf(them.handshake(), 30));
        connection.end();
        loop.run();
        assertThat(us.events.closings).isOne();
        assertThat(us.events.violation).isFalse();
    }

    @Test
    void beginsNothingWhenItIsStopped() {
        shares.stop();
        dial();
        assertThat(us.events.reason).contains("stopped");
        connection = new FakeConnection(loop);
        accept();
        assertThat(connection.closed()).isTrue();
    }

    @Test
    void recognisesItsOwnBeginning() {
        byte[] bytes = Handshake.encode(us.features, TestPeer.HASH, new byte[20]);
        for (int length = 0; length <= bytes.length; length++) {
            assertThat(Handshake.plausible(java.nio.ByteBuffer.wrap(bytes).position(length)))
                    .isTrue();
        }
    }
}
