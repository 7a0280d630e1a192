package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateWordsTest {
    private static final int SIZE = 16;

    @ParameterizedTest
    @CsvSource({
        "METADATA, 16, downloading, metadata",
        "CHECK_QUEUED, 16, downloading, check-wait",
        "CHECK_QUEUED, 0, seeding, check-wait",
        "CHECKING, 1, downloading, checking",
        "CHECKING, 0, seeding, checking",
        "DOWNLOAD_QUEUED, 1, downloading, queued",
        "DOWNLOADING, 1, downloading, ",
        "FINISHED, 0, seeding, partial",
        "SEED_QUEUED, 0, seeding, queued",
        "SEEDING, 0, seeding, ",
        "PAUSED, 1, paused, ",
        "STOPPED, 0, stopped, ",
        "ERROR, 1, error, "
    })
    void everyStateHasItsWords(TorrentState engine, long left, String state, String detail) {
        assertThat(StateWords.of(torrent(engine, left)))
                .isEqualTo(new StateWords(state, Optional.ofNullable(detail)));
    }

    private static TorrentSnapshot torrent(TorrentState state, long left) {
        long there = SIZE - left;
        return new SnapshotBuilder(state)
                .progress(
                        new TorrentSnapshot.Progress(1, 1, SIZE, SIZE, there, there, 0, 1, 0, SIZE))
                .build();
    }
}
