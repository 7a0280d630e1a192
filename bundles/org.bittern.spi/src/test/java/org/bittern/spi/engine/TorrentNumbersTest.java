package org.bittern.spi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TorrentNumbersTest {
    private final TorrentNumbers numbers = new TorrentNumbers();

    @Test
    void torrentsKeepTheirNumbersInWhicheverOrderTheyAreRestored() {
        numbers.added(hash(1));
        numbers.added(hash(2));
        numbers.added(hash(3));
        numbers.removed(hash(1));
        assertThat(numbers.restored(hash(3))).isEqualTo(3);
        assertThat(numbers.restored(hash(2))).isEqualTo(2);
        assertThat(numbers.gone(List.of(hash(2), hash(3)))).containsExactly(1);
        assertThat(numbers.added(hash(4))).isEqualTo(4);
    }

    @Test
    void whoComesBackIsAnother() {
        assertThat(numbers.added(hash(1))).isEqualTo(1);
        numbers.removed(hash(1));
        assertThat(numbers.added(hash(1))).isEqualTo(2);
        numbers.removed(hash(1));
        assertThat(numbers.restored(hash(1))).isEqualTo(3);
    }

    @Test
    void whoIsNotRestoredIsGone() {
        numbers.restored(hash(1));
        numbers.restored(hash(2));
        assertThat(numbers.gone(List.of(hash(1), hash(2)))).isEmpty();
        assertThat(numbers.gone(List.of(hash(2)))).containsExactly(1);
        assertThat(numbers.restored(hash(1))).isEqualTo(3);
    }

    @Test
    void goesOnWhereAnotherEnded() {
        TorrentNumbers next = new TorrentNumbers(2);
        assertThat(next.gone(List.of())).containsExactly(1, 2);
        assertThat(next.restored(hash(1))).isEqualTo(3);
        assertThat(next.last()).isEqualTo(3);
    }

    @Test
    void remembersTheLatestOnly() {
        int all = TorrentNumbers.GONE_KEPT + 5;
        assertThat(new TorrentNumbers(all).gone(List.of()))
                .hasSize(TorrentNumbers.GONE_KEPT)
                .startsWith(6)
                .endsWith(all);
        for (int number = 1; number <= all; number++) {
            numbers.added(hash(1));
            numbers.removed(hash(1));
        }
        assertThat(numbers.gone(List.of()))
                .hasSize(TorrentNumbers.GONE_KEPT)
                .startsWith(6)
                .endsWith(all);
    }

    private static InfoHash hash(int first) {
        byte[] bytes = new byte[InfoHash.V1_BYTES];
        bytes[0] = (byte) first;
        return InfoHash.ofV1(bytes);
    }
}
