package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BitfieldPropertiesTest {
    private static Bitfield bits(BitSet set, int pieces) {
        Bitfield bits = new Bitfield(pieces);
        set.stream().forEach(bits::set);
        return bits;
    }

    private static BitSet random(byte[] seed, int pieces) {
        BitSet set = BitSet.valueOf(seed);
        set.clear(pieces, Math.max(pieces, set.length()));
        return set;
    }

    private static BitSet asSet(Bitfield bits) {
        BitSet set = new BitSet();
        for (int i = bits.nextSet(0); i >= 0; i = bits.nextSet(i + 1)) {
            set.set(i);
        }
        return set;
    }

    @Property
    void behavesAsASetOfNumbers(
            @ForAll @Size(max = 30) byte[] one,
            @ForAll @Size(max = 30) byte[] two,
            @ForAll @IntRange(max = 200) int pieces)
            throws MetainfoException {
        BitSet left = random(one, pieces);
        BitSet right = random(two, pieces);
        Bitfield bits = bits(left, pieces);
        Bitfield other = bits(right, pieces);
        assertThat(asSet(bits)).isEqualTo(left);
        assertThat(bits.cardinality()).isEqualTo(left.cardinality());
        assertThat(Bitfield.fromWire(bits.toWire(), pieces)).isEqualTo(bits);
        for (int i = 0; i < pieces; i++) {
            assertThat(bits.get(i)).isEqualTo(left.get(i));
            int clear = left.nextClearBit(i);
            assertThat(bits.nextClear(i)).isEqualTo(clear < pieces ? clear : -1);
            assertThat(bits.nextSet(i)).isEqualTo(left.nextSetBit(i));
        }
        BitSet both = (BitSet) left.clone();
        both.and(right);
        BitSet onlyLeft = (BitSet) left.clone();
        onlyLeft.andNot(right);
        BitSet any = (BitSet) left.clone();
        any.or(right);
        assertThat(bits.andCount(other)).isEqualTo(both.cardinality());
        assertThat(bits.hasAnyNotIn(other)).isEqualTo(!onlyLeft.isEmpty());
        Bitfield and = bits.copy();
        and.and(other);
        assertThat(and).isEqualTo(bits(both, pieces));
        Bitfield andNot = bits.copy();
        andNot.andNot(other);
        assertThat(andNot).isEqualTo(bits(onlyLeft, pieces));
        Bitfield or = bits.copy();
        or.or(other);
        assertThat(or).isEqualTo(bits(any, pieces));
        assertThat(or.cardinality()).isEqualTo(any.cardinality());
    }
}
