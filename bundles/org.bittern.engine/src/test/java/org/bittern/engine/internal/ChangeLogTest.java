package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.bittern.api.engine.Changes;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChangeLogTest {
    private final ChangeLog log = new ChangeLog();

    @Test
    void givesTheLatestSnapshotOfWhatChangedOnce() {
        TorrentSnapshot one = publish(1, 0);
        long before = log.since(0).revision();
        TorrentSnapshot two = publish(2, 0);
        TorrentSnapshot oneAgain = publish(1, one.revision());
        assertThat(log.since(before).changed()).containsExactly(two, oneAgain);
        assertThat(log.since(log.since(0).revision()).changed()).isEmpty();
    }

    @Test
    void saysWhenItHasForgottenRemovals() {
        TorrentSnapshot kept = publish(1_000_000, 0);
        for (int number = 1; number <= ChangeLog.REMOVALS_KEPT + 1; number++) {
            log.removed(publish(number, 0));
        }
        Changes old = log.since(1);
        assertThat(old.complete()).isFalse();
        assertThat(old.changed()).containsExactly(kept);
        Changes recent = log.since(old.revision() - 1);
        assertThat(recent.complete()).isTrue();
        assertThat(recent.removed()).containsExactly(ChangeLog.REMOVALS_KEPT + 1);
    }

    @Test
    void takesARevisionOfAnEarlierEngineForTooOld() {
        publish(1, 0);
        assertThat(log.since(999).complete()).isFalse();
        assertThat(log.since(999).changed()).hasSize(1);
    }

    private TorrentSnapshot publish(int number, long before) {
        return log.publish(before, revision -> snapshot(revision, number));
    }

    private static TorrentSnapshot snapshot(long revision, int number) {
        return new SnapshotBuilder(TorrentState.STOPPED).of(number, revision).build();
    }
}
