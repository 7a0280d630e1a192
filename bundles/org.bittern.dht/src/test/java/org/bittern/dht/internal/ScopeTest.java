package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a node may name. */
@Timeout(20)
class ScopeTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,   198.51.100.1, 1, true",
        "192.0.2.1,   198.51.100.1, 0, false",
        "192.0.2.1,   192.168.1.1,  1, false",
        "192.0.2.1,   100.64.0.1,   1, false",
        "2001:db8::1, fd00::1,      1, false",
        "2001:db8::1, fe80::1,      1, false",
        "192.0.2.1,   127.0.0.1,    1, false",
        "192.0.2.1,   240.0.0.1,    1, false",
        "192.168.1.7, 127.0.0.1,    1, false",
        "fd00::7,     fd00::1,      1, true",
        "192.168.1.7, 10.0.0.1,     1, true",
        "127.0.0.1,   127.0.0.2,    1, true"
    })
    void noneFurtherInsideThanItIs(String teller, String named, int port, boolean may) {
        assertThat(
                        Scope.mayName(
                                InetAddress.ofLiteral(teller),
                                new InetSocketAddress(InetAddress.ofLiteral(named), port)))
                .isEqualTo(may);
    }
}
