package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who can introduce us to whom (BEP 55). */
@Timeout(30)
class IntroductionsTest {
    private final Introductions introductions = new Introductions();

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), port);
    }

    private void named(int from, int to) {
        introductions.named(
                IntStream.range(from, to)
                        .mapToObj(port -> new PeerMessage.PexPeer(peer(port), 0))
                        .toList());
    }

    @Test
    void knowsWhomThePeerNamedLast() {
        introductions.offered(true);
        named(1, 3);
        assertThat(introductions.knows(peer(1))).isTrue();
        assertThat(introductions.knows(peer(3))).isFalse();
        introductions.dropped(List.of(peer(1)));
        assertThat(introductions.knows(peer(1))).isFalse();
        named(10, 10 + Introductions.MOST_NAMED);
        assertThat(introductions.knows(peer(2))).as("the oldest").isFalse();
        assertThat(introductions.knows(peer(10))).isTrue();
    }

    @Test
    void keepsNothingOfPeersThatCannotIntroduce() {
        named(1, 3);
        introductions.offered(true);
        assertThat(introductions.knows(peer(1))).isFalse();
        named(1, 3);
        introductions.offered(false);
        assertThat(introductions.knows(peer(1))).isFalse();
    }

    @Test
    void believesOnlySoManyAMinute() {
        long now = Long.MAX_VALUE - 5; // the clock may wrap around
        for (int i = 0; i < Introductions.MOST_IN_MINUTE; i++) {
            assertThat(introductions.admits(now)).isTrue();
        }
        assertThat(introductions.admits(now)).isFalse();
        assertThat(introductions.admits(now + TimeUnit.SECONDS.toNanos(59))).isFalse();
        assertThat(introductions.admits(now + TimeUnit.SECONDS.toNanos(60))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,   198.51.100.1, true",
        "192.0.2.1,   192.168.1.1,  false",
        "192.0.2.1,   10.0.0.1,     false",
        "192.0.2.1,   fd00::1,      false",
        "192.0.2.1,   127.0.0.1,    false",
        "192.168.1.7, 192.168.1.1,  true",
        "192.168.1.7, 192.0.2.1,    true",
        "192.168.1.7, 127.0.0.1,    false",
        "127.0.0.1,   127.0.0.2,    true",
        "127.0.0.1,   224.0.0.1,    false"
    })
    void nobodyLeadsFurtherInsideThanHeIs(String teller, String named, boolean may) {
        InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(teller), 1);
        InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(named), 2);
        assertThat(ExtensionSide.mayHear(from, to)).isEqualTo(may);
    }
}
