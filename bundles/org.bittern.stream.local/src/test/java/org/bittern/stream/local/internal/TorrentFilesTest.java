package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of files. */
class TorrentFilesTest {
    private static final Instant ADDED = Instant.parse("2026-05-06T07:08:09Z");

    @Test
    void theDateIsThatOfTheTorrentUnlessThatIsStillToCome() {
        Instant before = ADDED.minusSeconds(1);
        assertThat(TorrentFiles.modified(Optional.of(before), ADDED)).isEqualTo(before);
        assertThat(TorrentFiles.modified(Optional.of(ADDED.plusSeconds(1)), ADDED))
                .isEqualTo(ADDED);
        assertThat(TorrentFiles.modified(Optional.empty(), ADDED)).isEqualTo(ADDED);
    }
}
