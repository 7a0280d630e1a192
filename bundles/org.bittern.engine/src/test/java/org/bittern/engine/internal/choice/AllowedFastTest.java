package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AllowedFastTest {
    private static final byte[] HASH = new byte[20];

    static {
        Arrays.fill(HASH, (byte) 0xaa);
    }

    @Test
    void computesTheSetsOfTheBep() throws Exception {
        InetAddress peer = InetAddress.ofLiteral("80.4.4.200");
        assertThat(AllowedFast.set(peer, HASH, 1313, 7))
                .containsExactly(1059, 431, 808, 1217, 287, 376, 1188);
        assertThat(AllowedFast.set(peer, HASH, 1313, 9))
                .containsExactly(1059, 431, 808, 1217, 287, 376, 1188, 353, 508);
    }

    @Test
    void givesNeighboursTheSamePieces() throws Exception {
        assertThat(AllowedFast.set(InetAddress.ofLiteral("80.4.4.1"), HASH, 1313, 10))
                .isEqualTo(AllowedFast.set(InetAddress.ofLiteral("80.4.4.250"), HASH, 1313, 10))
                .isNotEqualTo(AllowedFast.set(InetAddress.ofLiteral("80.4.5.1"), HASH, 1313, 10));
    }

    @Test
    void allowsEveryPieceOfASmallTorrentOnce() throws Exception {
        assertThat(AllowedFast.set(InetAddress.ofLiteral("80.4.4.200"), HASH, 3, 10))
                .containsExactlyInAnyOrder(0, 1, 2);
        assertThat(AllowedFast.set(InetAddress.ofLiteral("80.4.4.200"), HASH, 0, 10)).isEmpty();
    }

    @Test
    void hasNoSetForIpv6() throws Exception {
        assertThat(AllowedFast.set(InetAddress.ofLiteral("2001:db8::1"), HASH, 1313, 7)).isEmpty();
    }
}
