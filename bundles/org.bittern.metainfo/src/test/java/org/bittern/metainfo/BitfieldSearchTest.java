package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BitfieldSearchTest {

    @Test
    @Timeout(60)
    void findsTheNextPieceThatOnlyOneSetHas() {
        long seed = 20_260_101L;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int pieces = random.nextInt(300);
            Bitfield has = sparse(pieces, random);
            Bitfield other = sparse(pieces, random);
            for (int from = 0; from <= pieces; from++) {
                assertThat(has.nextSetNotIn(other, from)).isEqualTo(slowly(has, other, from));
            }
        }
    }

    @Test
    @Timeout(60)
    void refusesSetsOverOtherNumbersOfPieces() {
        assertThatThrownBy(() -> new Bitfield(8).nextSetNotIn(new Bitfield(9), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Bitfield sparse(int pieces, Random random) {
        Bitfield bits = new Bitfield(pieces);
        for (int i = 0; i < pieces; i++) {
            if (random.nextInt(4) == 0) {
                bits.set(i);
            }
        }
        return bits;
    }

    private static int slowly(Bitfield has, Bitfield other, int from) {
        for (int piece = from; piece < has.pieceCount(); piece++) {
            if (has.get(piece) && !other.get(piece)) {
                return piece;
            }
        }
        return -1;
    }
}
