package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.frame;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bittern.peer.internal.fake.FakeConnection;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An open link: what it says, how it lives and ends, and what it costs. */
@Timeout(60)
class LinkTest extends LinkFixture {
    @Test
    void sendsWhatTheEngineSaysFirstAndThenTheExtensionHandshake() {
        us.events.onOpened = () -> us.events.open().send(new PeerMessage.HaveNone());
        us.withheld = List.of("ut_pex");
        shares.dial(connection, us.spec(), false, us.events);
        connection.receive(them.handshake());
        loop.run();
        byte[] sent = connection.takeSent();
        assertThat(Arrays.copyOfRange(sent, 68, 73)).isEqualTo(hex("00000001 0f"));
        String rest = new String(sent, 73, sent.length - 73, StandardCharsets.ISO_8859_1);
        assertThat(rest.substring(4))
                .isEqualTo(
                        "\u0014\u0000d1:md11:lt_donthavei7e11:upload_onlyi3e12:ut_holepunchi4e"
                                + "11:ut_metadatai2ee1:pi6881e4:reqqi2000e1:v12:Bittern teste");
    }

    @Test
    void saysNothingOfExtensionsToAPeerWithoutThem() {
        them.features = new Features(false, true, true, true);
        open();
        us.events.open().send(new PeerMessage.MetadataRequest(0));
        us.events.open().send(new PeerMessage.HaveNone());
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(hex("00000001 0f"));
    }

    @Test
    void sendsAnExtensionMessageOnlyOnceThePeerAnnouncedIt() {
        RecordedEvents events = open();
        events.open().send(new PeerMessage.MetadataRequest(3));
        loop.run();
        assertThat(connection.takeSent()).isEmpty();
        receive(frame(20, ascii("\0d1:md11:ut_metadatai9eee")));
        events.open().send(new PeerMessage.MetadataRequest(3));
        loop.run();
        assertThat(connection.takeSent())
                .isEqualTo(frame(20, ascii("\td8:msg_typei0e5:piecei3ee")));
        receive(frame(20, ascii("\0d1:md11:ut_metadatai0eee")));
        events.open().send(new PeerMessage.MetadataRequest(3));
        loop.run();
        assertThat(connection.takeSent()).isEmpty();
        assertThat(events.messages).hasSize(2);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void ignoresAnExtensionThatIsWithheld() {
        us.withheld = List.of("ut_pex");
        RecordedEvents events = open();
        receive(frame(20, ascii("\1d5:added6:\1\2\3\4\5\6e")), hex("00000001 01"));
        assertThat(events.messages).containsExactly(new PeerMessage.Unchoke());
    }

    @Test
    void saysItInOldWordsWithoutTheFastExtension() {
        them.features = Frames.NONE;
        us.pieceCount = 12;
        RecordedEvents events = open();
        events.open().send(new PeerMessage.HaveAll());
        events.open().send(new PeerMessage.Reject(0, 0, BLOCK));
        events.open().send(new PeerMessage.AllowedFast(0));
        events.open().send(new PeerMessage.DhtPort(6881));
        events.open().send(new PeerMessage.HaveNone());
        loop.run();
        assertThat(connection.takeSent()).isEqualTo(hex("00000003 05 fff0"));
    }

    @Test
    void twoThousandIdleLinksHoldNoMemoryAndNoTimersOfTheirOwn() {
        for (int i = 0; i < 2_000; i++) {
            FakeConnection idle = new FakeConnection(loop);
            shares.dial(idle, us.spec(), false, new RecordedEvents());
            idle.receive(join(them.handshake(), block(1, 0, BLOCK), hex("00000005 04 00000001")));
        }
        loop.run();
        assertThat(loop.pool().usedBytes()).isEqualTo((256 << 10) + LoopShare.SEND_BYTES);
        assertThat(loop.waitingTimers()).isOne();
        long fired = loop.firedTimers();
        loop.advance(Duration.ofSeconds(60));
        assertThat(loop.firedTimers() - fired).isEqualTo(6);
        assertThat(loop.pool().usedBytes()).isEqualTo((256 << 10) + LoopShare.SEND_BYTES);
    }

    @Test
    void keepsTheLinkAliveAndHearsThatItIsDead() {
        RecordedEvents events = open();
        loop.advance(Duration.ofSeconds(100));
        byte[] sent = connection.takeSent();
        loop.advance(Duration.ofSeconds(10));
        assertThat(join(sent, connection.takeSent())).isEqualTo(hex("00000000"));
        receive(hex("00000000"));
        loop.advance(Duration.ofSeconds(140));
        assertThat(events.closings).isZero();
        loop.advance(Duration.ofSeconds(30));
        assertThat(events.reason).isEqualTo("nothing received for 150 s");
        assertThat(events.violation).isFalse();
    }

    @Test
    void aLinkThatSendsNeedsNoKeepAlive() {
        RecordedEvents events = open();
        for (int i = 0; i < 10; i++) {
            loop.advance(Duration.ofSeconds(50));
            events.open().send(new PeerMessage.Have(i));
            receive(hex("00000000"));
        }
        assertThat(connection.takeSent()).hasSize(10 * 9);
    }

    @Test
    void closesOnceAndLetsEverythingGo() {
        RecordedEvents events = open();
        connection.writeAtMost(20);
        sendBlocks(3);
        receive(Arrays.copyOf(block(1, 0, BLOCK), 500));
        events.open().close("enough");
        events.open().close("more than enough");
        assertThat(events.closings).as("not from inside of the call").isZero();
        loop.run();
        assertThat(events.closings).isOne();
        assertThat(events.reason).isEqualTo("enough");
        events.open().send(new PeerMessage.Choke());
        sendBlocks(1);
        loop.run();
        assertThat(loop.pool().usedBytes()).isZero();
    }

    @Test
    void anEngineThatFailsToOpenALinkLosesIt() {
        us.events.onOpened =
                () -> {
                    throw new IllegalStateException("as tested");
                };
        shares.dial(connection, us.spec(), false, us.events);
        connection.receive(them.handshake());
        assertThatThrownBy(loop::run).hasMessage("as tested");
        loop.run();
        assertThat(us.events.reason).isEqualTo("internal error");
        assertThat(connection.closed()).isTrue();
    }

    @Test
    void endsWithTheOtherSide() {
        RecordedEvents events = open();
        connection.end();
        loop.run();
        assertThat(events.reason).isEqualTo("closed by the peer");
        assertThat(events.violation).isFalse();
    }
}
