package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bittern.stream.internal.RangeHeader.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110, 14.1 and 14.2. */
class RangeHeaderTest {
    private static final long LENGTH = 1000;

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,0",
        "bytes=0-,0,999",
        "bytes=10-19,10,19",
        "bytes=990-5000,990,999",
        "bytes=-1,999,999",
        "bytes=-5000,0,999",
        "BYTES = 5 - 6,5,6",
        "bytes=0-99999999999999999999999,0,999",
        "bytes=000000000000000000000000001-2,1,2",
        "'bytes=, 3-4 ,',3,4"
    })
    void readsOneRange(String header, long start, long end) {
        assertThat(RangeHeader.parse(header, LENGTH))
                .isEqualTo(new RangeHeader.Parts(List.of(new Bytes(start, end))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=5-4",
                "bytes=a-b",
                "bytes=-",
                "bytes=",
                "bytes",
                "items=0-5",
                "bytes=+1-2",
                "bytes=1-2-3",
                "bytes=1--2",
                "bytes=1-2;3-4",
                "bytes=0-1,x",
                "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16"
            })
    void ignoresWhatIsMalformedOrTooMuch(String header) {
        assertThat(RangeHeader.parse(header, LENGTH)).isEqualTo(new RangeHeader.Whole());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999-"})
    void knowsWhatLiesOutside(String header) {
        assertThat(RangeHeader.parse(header, LENGTH)).isEqualTo(new RangeHeader.Unsatisfiable());
    }

    @Test
    void nothingOfAnEmptyFileExists() {
        assertThat(RangeHeader.parse("bytes=0-", 0)).isEqualTo(new RangeHeader.Unsatisfiable());
        assertThat(RangeHeader.parse("bytes=-5", 0)).isEqualTo(new RangeHeader.Unsatisfiable());
    }

    @Test
    void joinsRangesThatOverlapOrTouchAndLeavesOutThoseOutside() {
        assertThat(RangeHeader.parse("bytes=500-600,0-9,10-19,550-700,2000-", LENGTH))
                .isEqualTo(new RangeHeader.Parts(List.of(new Bytes(0, 19), new Bytes(500, 700))));
    }
}
