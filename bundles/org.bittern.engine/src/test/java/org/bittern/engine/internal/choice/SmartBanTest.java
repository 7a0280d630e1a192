package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SmartBanTest {
    private final SmartBan ban = new SmartBan();
    private final InetSocketAddress good =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 50_001);
    private final InetSocketAddress bad =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 50_002);

    private static List<byte[]> digests(int... values) {
        List<byte[]> digests = new ArrayList<>();
        for (int value : values) {
            byte[] digest = new byte[20];
            digest[0] = (byte) value;
            digests.add(digest);
        }
        return digests;
    }

    @Test
    void bansThePeerThatSentAWholeBadPiece() {
        assertThat(ban.pieceFailed(List.of(bad, bad))).containsExactly(bad);
        assertThat(SmartBan.needsProof(List.of(bad, bad))).isFalse();
    }

    @Test
    void unmasksTheSenderOfTheBadBlock() {
        List<@Nullable InetSocketAddress> senders = Arrays.asList(good, bad, good);
        assertThat(ban.pieceFailed(senders)).isEmpty();
        assertThat(SmartBan.needsProof(senders)).isTrue();
        ban.remember(7, senders, digests(1, 99, 3));
        assertThat(ban.suspects(7)).isTrue();
        assertThat(ban.unmask(7, digests(1, 2, 3))).containsExactly(bad);
        assertThat(ban.suspects(7)).isFalse();
    }

    @Test
    void bansExactlyWhoIsProvedGuilty() {
        InetSocketAddress third = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 50_003);
        BitSet blocks = new BitSet();
        blocks.set(1);
        blocks.set(3, 5);
        List<@Nullable InetSocketAddress> senders =
                Arrays.asList(good, bad, good, null, third, good);
        assertThat(ban.proved(senders, blocks)).containsExactlyInAnyOrder(bad, third);
        assertThat(ban.onParole(good)).isFalse();
        assertThat(ban.pieceFailed(List.of(good, bad)))
                .as("whoever comes again is not trusted")
                .containsExactly(bad);
    }

    @Test
    void remembersEveryFailureOfAPiece() {
        InetSocketAddress third = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 50_003);
        ban.remember(7, List.of(good, bad), digests(1, 99));
        ban.remember(7, List.of(third, good), digests(98, 2));
        assertThat(ban.unmask(7, digests(1, 2))).containsExactlyInAnyOrder(bad, third);
    }

    @Test
    void blamesNobodyForBlocksOfAnEarlierRun() {
        List<@Nullable InetSocketAddress> senders = Arrays.asList(null, good);
        assertThat(ban.pieceFailed(senders)).isEmpty();
        ban.remember(7, senders, digests(99, 2));
        assertThat(ban.unmask(7, digests(1, 2))).isEmpty();
    }

    @Test
    void bansWhoTakesPartInBadPiecesAgainAndAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(ban.pieceFailed(List.of(bad, good))).isEmpty();
            ban.piecePassed(List.of(good));
        }
        assertThat(ban.pieceFailed(List.of(bad, good)))
                .as("the good one has earned trust meanwhile")
                .containsExactly(bad);
    }

    @Test
    void keepsAPeerOnParoleUntilAGoodPiece() {
        assertThat(ban.onParole(good)).isFalse();
        ban.pieceFailed(List.of(bad, good));
        assertThat(ban.onParole(good)).isTrue();
        ban.piecePassed(List.of(good));
        assertThat(ban.onParole(good)).isFalse();
        assertThat(ban.onParole(bad)).isTrue();
    }

    @Test
    void forgetsTheOldestPieceWhenThereAreTooManyBlocks() {
        List<InetSocketAddress> senders = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            senders.add(i % 2 == 0 ? good : bad);
        }
        List<byte[]> digests = digests(new int[1024]);
        int pieces = SmartBan.MAX_BLOCKS / 1024 + 1;
        for (int piece = 0; piece < pieces; piece++) {
            ban.remember(piece, senders, digests);
        }
        assertThat(ban.suspects(0)).isFalse();
        assertThat(ban.suspects(1)).isTrue();
        assertThat(ban.suspects(pieces - 1)).isTrue();
    }
}
