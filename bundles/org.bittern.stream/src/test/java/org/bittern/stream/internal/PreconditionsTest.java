package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bittern.stream.internal.Preconditions.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110, 13. */
class PreconditionsTest {
    private static final Instant MODIFIED = Instant.parse("2026-05-06T07:08:09.5Z");
    private static final String DATE = "Wed, 06 May 2026 07:08:09 GMT";
    private static final String EARLIER = "Wed, 06 May 2026 07:08:08 GMT";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-Match|\"tag\"|PROCEED",
                "If-Match|\"x\", \"tag\"|PROCEED",
                "If-Match|*|PROCEED",
                "If-Match|W/\"tag\"|FAILED",
                "If-Match|\"other\"|FAILED",
                "If-Match|tag|FAILED",
                "If-None-Match|\"tag\"|NOT_MODIFIED",
                "If-None-Match|W/\"tag\"|NOT_MODIFIED",
                "If-None-Match|*|NOT_MODIFIED",
                "If-None-Match|, \"x\",, \"tag\" ,|NOT_MODIFIED",
                "If-None-Match|\"other\"|PROCEED",
                "If-Unmodified-Since|" + DATE + "|PROCEED",
                "If-Unmodified-Since|" + EARLIER + "|FAILED",
                "If-Unmodified-Since|rubbish|PROCEED",
                "If-Modified-Since|" + DATE + "|NOT_MODIFIED",
                "If-Modified-Since|Wednesday, 06-May-26 07:08:09 GMT|NOT_MODIFIED",
                "If-Modified-Since|Wednesday, 06-May-26 07:08:08 GMT|PROCEED",
                "If-Modified-Since|Wed May  6 07:08:09 2026|NOT_MODIFIED",
                "If-Modified-Since|Wed May  6 07:08:08 2026|PROCEED",
                "If-Modified-Since|Sat May 16 07:08:08 2026|NOT_MODIFIED",
                "If-Modified-Since|" + EARLIER + "|PROCEED",
                "If-Modified-Since|rubbish|PROCEED"
            })
    void judgesOneCondition(String header, String value, Outcome outcome) {
        assertThat(of(Map.of(header, value)).outcome()).isEqualTo(outcome);
    }

    @Test
    void tagsGoBeforeDates() {
        assertThat(of(Map.of("If-Match", "\"tag\"", "If-Unmodified-Since", EARLIER)).outcome())
                .isEqualTo(Outcome.PROCEED);
        assertThat(of(Map.of("If-None-Match", "\"other\"", "If-Modified-Since", DATE)).outcome())
                .isEqualTo(Outcome.PROCEED);
        assertThat(of(Map.of("If-Match", "\"other\"", "If-None-Match", "\"tag\"")).outcome())
                .isEqualTo(Outcome.FAILED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tag\"|true",
                "W/\"tag\"|false",
                "\"other\"|false",
                DATE + "|true",
                EARLIER + "|false",
                "rubbish|false"
            })
    void aRangeCountsOnlyForThisVersion(String value, boolean counts) {
        assertThat(of(Map.of("If-Range", value)).rangeCounts()).isEqualTo(counts);
    }

    private static Preconditions of(Map<String, String> headers) {
        return new Preconditions(
                "tag",
                MODIFIED,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of());
    }
}
