package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Trackers that have an address of each family. Time stands still. */
@Timeout(60)
class UdpFamiliesTest extends UdpFixture {
    private final UdpScript six = new UdpScript("::1", server.port());
    private final String url = "udp://dual.example:" + server.port();

    @BeforeEach
    void name() {
        names.put(
                "dual.example",
                List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
    }

    @AfterEach
    void closeSix() {
        six.close();
    }

    @Test
    void asksByIpv6AtOnceWhereThereIsNoWayByIpv4() {
        egress.unreachable = Binding::isIpv4;
        HttpFixture.Told told = announce(url, Patience.FULL);
        six.connect(asked(six), 1);
        six.announce(asked(six), 60, new byte[0]);
        assertThat(outcome(told)).isInstanceOf(Outcome.Answer.class);
        assertThat(server.waiting()).isZero();
    }

    @Test
    void saysAtOnceThatThereIsNoWayAtAll() {
        egress.unreachable = _ -> true;
        HttpFixture.Told told = announce(url, Patience.FULL);
        assertThat(outcome(told))
                .isEqualTo(new Outcome.Failure("no way there: Network is unreachable"));
        assertThat(egress.asked).hasSize(2);
        assertThat(loop.timers()).as("only the one that closes idle sockets").isEqualTo(1);
    }

    @Test
    void asksByIpv6OnceThereIsAnAnswerByIpv4() {
        bothFamilies = true;
        HttpFixture.Told told = announce(url, Patience.FULL);
        server.connect(asked(), 1);
        server.announce(asked(), 60, PEER);
        assertThat(outcome(told)).isInstanceOf(Outcome.Answer.class);
        six.connect(asked(six), 2);
        six.announce(asked(six), 60, Specs.filled(18, 0x22));
        loop.until(() -> !told.more.isEmpty());
        assertThat(told.outcomes).hasSize(1);
    }

    /** Whoever is told ends the process, and what was not sent until then never is. */
    @Test
    void aGoodbyeIsOverWhenBothFamiliesHaveTakenIt() {
        bothFamilies = true;
        HttpFixture.Told told = announce(url, Patience.GOODBYE);
        UdpScript.Asked four = asked();
        UdpScript.Asked other = asked(six);
        assertThat(loop.timers()).as("two exchanges, idle sockets").isEqualTo(3);
        server.connect(four, 1);
        server.announce(asked(), 60, PEER);
        loop.until(() -> loop.timers() == 2);
        assertThat(told.outcomes).isEmpty();
        six.connect(other, 2);
        six.announce(asked(six), 60, new byte[0]);
        assertThat(outcome(told)).isInstanceOf(Outcome.Answer.class);
        assertThat(told.outcomes).hasSize(1);
    }

    @Test
    void aGoodbyeThatOneFamilyHasTakenIsTaken() {
        bothFamilies = true;
        egress.unreachable = Binding::isIpv4;
        HttpFixture.Told told = announce(url, Patience.GOODBYE);
        six.connect(asked(six), 2);
        six.announce(asked(six), 60, new byte[0]);
        assertThat(outcome(told)).isInstanceOf(Outcome.Answer.class);
    }
}
