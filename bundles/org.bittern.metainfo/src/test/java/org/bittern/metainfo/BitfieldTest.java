package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BitfieldTest {
    @Test
    void theFirstPieceIsTheHighestBit() throws MetainfoException {
        Bitfield bits = new Bitfield(10);
        bits.set(0);
        bits.set(9);
        assertThat(bits.toWire()).containsExactly(0x80, 0x40);
        assertThat(Bitfield.fromWire(bits.toWire(), 10)).isEqualTo(bits).hasSameHashCodeAs(bits);
    }

    @Test
    void refusesAnotherLengthAndSpareBits() {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Bitfield.fromWire(new byte[1], 9))
                .withMessage("bitfield of 1 bytes, 9 pieces take 2");
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Bitfield.fromWire(new byte[3], 9));
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Bitfield.fromWire(new byte[] {0, 0x40}, 9))
                .withMessageContaining("spare bit");
    }

    @Test
    void countsAndKnowsWhetherItChanged() {
        Bitfield bits = new Bitfield(3);
        assertThat(bits.set(1)).isTrue();
        assertThat(bits.set(1)).isFalse();
        assertThat(bits.cardinality()).isEqualTo(1);
        assertThat(bits.isEmpty()).isFalse();
        assertThat(bits.clear(1)).isTrue();
        assertThat(bits.clear(1)).isFalse();
        assertThat(bits.isEmpty()).isTrue();
        bits.setAll();
        assertThat(bits.isComplete()).isTrue();
        assertThat(bits).isEqualTo(Bitfield.full(3)).hasToString("3 of 3");
        assertThat(bits.toWire()).containsExactly(0xe0);
        bits.clearAll();
        assertThat(bits).isEqualTo(new Bitfield(3));
    }

    @Test
    void refusesPiecesThatDoNotExist() {
        Bitfield bits = new Bitfield(64);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> bits.get(64))
                .withMessage("piece 64, torrent has 64");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> bits.set(-1));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> bits.andCount(new Bitfield(63)));
    }

    @Test
    void aCopyIsIndependent() {
        Bitfield bits = new Bitfield(100);
        Bitfield copy = bits.copy();
        copy.set(99);
        assertThat(bits.get(99)).isFalse();
        assertThat(copy.cardinality()).isEqualTo(1);
    }

    @Test
    void noPiecesAreACompleteSet() throws MetainfoException {
        assertThat(Bitfield.fromWire(new byte[0], 0).isComplete()).isTrue();
        assertThat(new Bitfield(0).nextClear(0)).isEqualTo(-1);
    }
}
