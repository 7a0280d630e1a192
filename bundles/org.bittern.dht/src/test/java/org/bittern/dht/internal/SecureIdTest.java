package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SecureIdTest {
    @ParameterizedTest
    @CsvSource({
        "124.31.75.21, 1, 5fbfbf",
        "21.75.31.124, 86, 5a3ce9",
        "65.23.51.170, 22, a5d432",
        "84.124.73.14, 65, 1b0321",
        "43.213.53.83, 90, e56f6c"
    })
    void makesTheIdsOfBep42(String address, int last, String head) {
        InetAddress ip = InetAddress.ofLiteral(address);
        NodeId id = SecureId.make(ip, last, new Random(1));
        int bits = Integer.parseInt(head, 16) ^ Integer.parseInt(id.toString().substring(0, 6), 16);
        assertThat(bits >>> 3).isZero();
        assertThat(id.bytes()[19] & 0xff).isEqualTo(last);
        assertThat(SecureId.fits(id, ip)).isTrue();
        assertThat(SecureId.fits(id, InetAddress.ofLiteral("9.9.9.9"))).isFalse();
    }

    @Test
    void asksNothingOfLocalAddresses() {
        NodeId id = NodeId.random(new Random(2));
        for (String local : new String[] {"127.0.0.1", "10.1.2.3", "192.168.1.1", "::1"}) {
            assertThat(SecureId.fits(id, InetAddress.ofLiteral(local))).isTrue();
        }
        assertThat(SecureId.fits(id, InetAddress.ofLiteral("8.8.8.8"))).isFalse();
    }

    @Test
    void believesOurAddressWhenEnoughOthersAgree() {
        ExternalAddress external = new ExternalAddress();
        BString seen = new BString(new byte[] {8, 8, 4, 4, 0x1a, (byte) 0xe1});
        for (int i = 1; i < ExternalAddress.QUORUM; i++) {
            assertThat(external.vote(InetAddress.ofLiteral("1.2.3." + i), seen)).isEmpty();
            assertThat(external.vote(InetAddress.ofLiteral("1.2.3.1"), seen)).isEmpty();
        }
        assertThat(external.vote(InetAddress.ofLiteral("1.2.3.99"), seen))
                .contains(InetAddress.ofLiteral("8.8.4.4"));
    }
}
