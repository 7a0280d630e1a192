package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PeerPriorityTest {
    private static final String ONES = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    @ParameterizedTest
    @CsvSource({
        "123.213.32.10, 98.76.54.32, ec2d7224",
        "123.213.32.10, 123.213.32.234, 99568189",
        ONES + ", ffff:0fff:ffff:ffff:ffff:ffff:ffff:ffff, 59d71f38",
        ONES + ", ffff:ffff:0fff:ffff:ffff:ffff:ffff:ffff, 081d5282",
        ONES + ", ffff:ffff:ff0f:ffff:ffff:ffff:ffff:ffff, c5f972be",
        ONES + ", ffff:ffff:ffff:0fff:ffff:ffff:ffff:ffff, 9ff50bd0"
    })
    void isTheNumberOfTheBepFromBothEnds(String one, String other, String expected) {
        InetSocketAddress a = new InetSocketAddress(InetAddress.ofLiteral(one), 6881);
        InetSocketAddress b = new InetSocketAddress(InetAddress.ofLiteral(other), 51413);
        assertThat(PeerPriority.of(a, b)).isEqualTo(Long.parseLong(expected, 16));
        assertThat(PeerPriority.of(b, a)).isEqualTo(PeerPriority.of(a, b));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1", "2001:db8::1"})
    void comparesPortsOnOneHost(String host) {
        InetSocketAddress a = new InetSocketAddress(InetAddress.ofLiteral(host), 6881);
        InetSocketAddress b = new InetSocketAddress(InetAddress.ofLiteral(host), 6882);
        InetSocketAddress c = new InetSocketAddress(InetAddress.ofLiteral(host), 6883);
        assertThat(PeerPriority.of(a, b)).isEqualTo(PeerPriority.of(b, a));
        assertThat(PeerPriority.of(a, b)).isNotEqualTo(PeerPriority.of(a, c));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 2001:db8::1"})
    void isNothingBetweenFamilies(String v4, String v6) {
        assertThat(
                        PeerPriority.of(
                                new InetSocketAddress(InetAddress.ofLiteral(v4), 1),
                                new InetSocketAddress(InetAddress.ofLiteral(v6), 1)))
                .isZero();
    }
}
