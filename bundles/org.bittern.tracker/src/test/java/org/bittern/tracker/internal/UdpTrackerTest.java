package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpTrackerTest extends UdpFixture {
    private static final Route PROXIED =
            new Route(
                    true,
                    Optional.of(
                            new ProxyServer(
                                    ProxyServer.Kind.HTTP, "127.0.0.1", 9, Optional.empty())),
                    false,
                    List.of());

    @Test
    void connectsAndAnnounces() {
        HttpFixture.Told told = announce(server.url("/announce?k=1"), Patience.FULL);
        UdpScript.Asked connect = asked();
        assertThat(connect.bytes()).hasSize(16);
        assertThat(connect.connection()).isEqualTo(0x41727101980L);
        assertThat(connect.action()).isZero();
        server.connect(connect, 0x1122334455667788L);
        UdpScript.Asked announce = asked();
        assertThat(announce.transaction()).isNotEqualTo(connect.transaction());
        ByteBuffer expected =
                ByteBuffer.allocate(98 + 15)
                        .putLong(0x1122334455667788L)
                        .putInt(1)
                        .putInt(announce.transaction())
                        .put(Specs.SWARM)
                        .put(Specs.PEER_ID)
                        .putLong(1000)
                        .putLong(3000)
                        .putLong(2000)
                        .putInt(2)
                        .putInt(0)
                        .putInt(Specs.KEY)
                        .putInt(50)
                        .putShort((short) Specs.PORT)
                        .put((byte) 2)
                        .put((byte) 13)
                        .put("/announce?k=1".getBytes(StandardCharsets.US_ASCII));
        assertThat(announce.bytes()).isEqualTo(expected.array());
        server.announce(announce, 1234, PEER);
        Outcome.Answer answer = (Outcome.Answer) outcome(told);
        assertThat(answer.peers())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("1.2.3.4"), 6881));
        assertThat(answer.seconds().interval()).isEqualTo(1234);
        assertThat(answer.counts()).isEqualTo(new Outcome.Counts(22, 11, -1));
        assertThat(told.trusted).isTrue();
    }

    @Test
    void readsIpv6PeersFromAnIpv6Tracker() {
        try (UdpScript six = new UdpScript("::1")) {
            HttpFixture.Told told = announce(six.url(""), Patience.FULL);
            six.connect(asked(six), 1);
            UdpScript.Asked announce = asked(six);
            assertThat(announce.bytes()).as("no path, no option").hasSize(98);
            byte[] peer =
                    ByteBuffer.allocate(18)
                            .putLong(0x20010db800000000L)
                            .putLong(7)
                            .putShort((short) 9)
                            .array();
            six.announce(announce, 60, peer);
            assertThat(((Outcome.Answer) outcome(told)).peers())
                    .containsExactly(
                            new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 9));
        }
    }

    @Test
    void keepsAConnectionIdForAMinute() {
        HttpFixture.Told first = announce(server.url(""), Patience.FULL);
        server.connect(asked(), 77);
        server.announce(asked(), 60, PEER);
        outcome(first);
        loop.pass(Duration.ofSeconds(59));
        HttpFixture.Told second = announce(server.url(""), Patience.FULL);
        UdpScript.Asked again = asked();
        assertThat(again.action()).as("at once an announce").isEqualTo(1);
        assertThat(again.connection()).isEqualTo(77);
        server.announce(again, 60, PEER);
        outcome(second);
        loop.pass(Duration.ofSeconds(2));
        announce(server.url(""), Patience.FULL);
        assertThat(asked().action()).as("connects again").isZero();
    }

    @Test
    void sendsAgainAfterFifteenSecondsAndThenTwiceAsLong() {
        HttpFixture.Told told = announce(server.url(""), Patience.FULL);
        asked();
        loop.pass(Duration.ofMillis(14_900));
        assertThat(server.waiting()).isZero();
        loop.pass(Duration.ofMillis(200));
        asked();
        loop.pass(Duration.ofMillis(29_800));
        assertThat(server.waiting()).isZero();
        loop.pass(Duration.ofMillis(200));
        asked();
        loop.pass(Duration.ofMillis(59_800));
        assertThat(told.outcomes).isEmpty();
        loop.pass(Duration.ofMillis(200));
        assertThat(told.outcomes).containsExactly(new Outcome.Failure("timed out"));
        assertThat(loop.timers())
                .as("only the one that closes idle sockets")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void giveUpSoonerWhenOthersAreLeftOrWhenLeaving() {
        HttpFixture.Told brief = announce(server.url(""), Patience.BRIEF);
        asked();
        loop.pass(Duration.ofMillis(15_100));
        assertThat(brief.outcomes).hasSize(1);
        HttpFixture.Told goodbye = announce(server.url(""), Patience.GOODBYE);
        asked();
        loop.pass(Duration.ofMillis(1_600));
        asked();
        assertThat(goodbye.outcomes).hasSize(1);
    }

    @Test
    void takesAnswersOnlyFromTheTrackerAndForItsTransaction() {
        HttpFixture.Told told = announce(server.url(""), Patience.FULL);
        UdpScript.Asked connect = asked();
        try (UdpScript stranger = new UdpScript("127.0.0.1")) {
            stranger.connect(connect, 666);
            server.answer(connect, new byte[0]);
            server.answer(connect, new byte[7]);
            server.answer(connect, Specs.filled(300, 0x55));
            ByteBuffer wrong = ByteBuffer.allocate(16).putInt(0).putInt(connect.transaction() + 1);
            server.answer(connect, wrong.putLong(667).array());
            ByteBuffer brief = ByteBuffer.allocate(12).putInt(0).putInt(connect.transaction());
            server.answer(connect, brief.array());
            server.announce(connect, 5, PEER); // an announce nobody made
            server.connect(connect, 88);
        }
        UdpScript.Asked announce = asked();
        assertThat(announce.connection()).isEqualTo(88);
        server.connect(announce, 5);
        server.answer(
                announce, ByteBuffer.allocate(19).putInt(1).putInt(announce.transaction()).array());
        server.announce(announce, -7, new byte[13]);
        Outcome.Answer answer = (Outcome.Answer) outcome(told);
        assertThat(answer.seconds().interval()).isEqualTo(-7);
        assertThat(answer.peers()).as("port 0 is none, a rest is ignored").isEmpty();
    }

    @Test
    void doesNotSendAgainAroundAProxyThatWasSwitchedOn() {
        announce(server.url(""), Patience.FULL);
        asked();
        egress.use(PROXIED);
        loop.pass(Duration.ofMillis(15_100));
        turnUntil(egress.ways.getFirst()::isClosed);
        assertThat(server.waiting()).isZero();
        assertThat(egress.asked).hasSize(1);
    }

    @Test
    void doesNotGoOnAroundAProxyThatWasSwitchedOn() {
        announce(server.url(""), Patience.FULL);
        UdpScript.Asked connect = asked();
        egress.use(PROXIED);
        server.connect(connect, 7);
        turnUntil(egress.ways.getFirst()::isClosed);
        assertThat(server.waiting()).as("what names the torrent").isZero();
        assertThat(egress.asked).hasSize(1);
    }

    @Test
    void passesOnTheTextOfAnError() {
        HttpFixture.Told told = announce(server.url(""), Patience.FULL);
        server.error(asked(), "no\n such torrent");
        assertThat(outcome(told)).isEqualTo(new Outcome.Failure("no such torrent"));
    }

    @Test
    void connectsAgainWhenTheTrackerHasForgottenUs() {
        HttpFixture.Told told = announce(server.url(""), Patience.FULL);
        server.connect(asked(), 1);
        server.error(asked(), "Connection ID missmatch");
        UdpScript.Asked again = asked();
        assertThat(again.action()).isZero();
        server.connect(again, 2);
        server.announce(asked(), 60, PEER);
        assertThat(outcome(told)).isInstanceOf(Outcome.Answer.class);
    }

    @Test
    void scrapes() throws TrackerException {
        List<Optional<Outcome.Counts>> told = new ArrayList<>();
        tracker.scrape(
                new Announcer.ScrapeRequest(
                        TrackerUrl.parse(server.url("/announce")),
                        new Binding(List.of()),
                        Specs.SWARM,
                        loop),
                told::add);
        loop.turn();
        server.connect(asked(), 9);
        UdpScript.Asked scrape = asked();
        assertThat(scrape.bytes())
                .isEqualTo(
                        ByteBuffer.allocate(36)
                                .putLong(9)
                                .putInt(2)
                                .putInt(scrape.transaction())
                                .put(Specs.SWARM)
                                .array());
        server.answer(
                scrape,
                ByteBuffer.allocate(20)
                        .putInt(2)
                        .putInt(scrape.transaction())
                        .putInt(4)
                        .putInt(5)
                        .putInt(6)
                        .array());
        loop.until(() -> !told.isEmpty());
        assertThat(told).containsExactly(Optional.of(new Outcome.Counts(4, 6, 5)));
    }

    @Test
    void splitsALongUrlIntoOptions() {
        String target = "/" + "x".repeat(599);
        byte[] message =
                UdpMessages.announce(
                        1, 2, Specs.request(Specs.of(loop, List.of()), AnnounceEvent.NONE), target);
        assertThat(message).hasSize(98 + 600 + 3 * 2);
        assertThat(message[98]).isEqualTo((byte) 2);
        assertThat(message[99]).isEqualTo((byte) 255);
        assertThat(message[98 + 257 + 257 + 1]).isEqualTo((byte) 90);
    }

    @Test
    void sendsFromTheAddressItIsBoundTo() {
        HttpFixture.Told told = new HttpFixture.Told();
        InetAddress ours = InetAddress.ofLiteral("127.0.0.9");
        AnnounceRequest request =
                Specs.request(
                        Specs.of(loop, Specs.HASH, List.of(), List.of(ours)), AnnounceEvent.NONE);
        try {
            tracker.announce(TrackerUrl.parse(server.url("")), request, told);
        } catch (TrackerException e) {
            throw new AssertionError(e);
        }
        loop.turn();
        assertThat(asked().from().getAddress()).isEqualTo(ours);
    }

    @Test
    void closesItsSocketWhenNobodyNeedsIt() {
        HttpFixture.Told told = announce(server.url(""), Patience.FULL);
        server.connect(asked(), 77);
        server.announce(asked(), 60, PEER);
        outcome(told);
        assertThat(loop.timers()).isEqualTo(1);
        loop.pass(Duration.ofSeconds(91));
        assertThat(loop.timers()).isZero();
    }
}
