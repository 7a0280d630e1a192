package org.bittern.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.bittern.api.engine.TorrentState;
import org.bittern.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProgressTest {
    private final List<String> lines = new CopyOnWriteArrayList<>(); // added to by the bar's thread
    private final FakeTorrent torrent = new FakeTorrent();

    @Test
    void isABarWhereAPersonIsWatchingAndSilenceElsewhere() {
        assertThat(Progress.on(terminal(true), false)).isInstanceOf(Progress.Bar.class);
        assertThat(Progress.on(terminal(true), true)).isInstanceOf(Progress.Silence.class);
        assertThat(Progress.on(terminal(false), false)).isInstanceOf(Progress.Silence.class);
    }

    @Test
    void aLineHasNameAmountRatesPeersAndTimeLeft() {
        torrent.name = "a\nname";
        torrent.verified = FakeTorrent.MIB;
        torrent.downRate = FakeTorrent.MIB / 2;
        torrent.upRate = 100;
        torrent.peers = 3;

        assertThat(drawn(torrent))
                .startsWith("a?name ")
                .contains(" 25% [=", " 1/4 MiB ")
                .endsWith(" down 512.0 KiB/s up 100 B/s peers 3 ETA 6s");
    }

    @Test
    void severalTorrentsAreOneBarWithTheirSums() {
        FakeTorrent other = new FakeTorrent();
        torrent.verified = 3 * FakeTorrent.MIB;
        other.verified = 3 * FakeTorrent.MIB;
        torrent.downRate = 1000;
        other.downRate = 24;
        torrent.peers = 3;
        other.peers = 4;

        assertThat(drawn(torrent, other))
                .startsWith("2 torrents ")
                .contains(" 75% [=", " 6/8 MiB ", " down 1.0 KiB/s ", " peers 7 ETA ");
    }

    @ParameterizedTest
    @CsvSource({"METADATA, metadata", "CHECKING, checking 40%", "SEEDING, seeding"})
    void whatItDoesBesideDownloadingIsSaid(TorrentState state, String word) {
        torrent.state = state;
        torrent.checked = 0.4;

        assertThat(drawn(torrent)).contains(" " + word + " down 0 B/s").endsWith(" peers 0");
    }

    @Test
    void whatChangesIsSeenAlsoWhenNoPieceCame() {
        try (Progress bar = bar()) {
            bar.show(List.of(torrent.snapshot()));
            torrent.peers = 1;
            bar.show(List.of(torrent.snapshot()));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> lines.stream().anyMatch(line -> line.endsWith(" peers 1")));
        }
    }

    @Test
    void nothingIsDrawnBeforeThereIsSomethingToShow() {
        bar().close();

        assertThat(lines).isEmpty();
    }

    /** The last line of a bar that has shown them. */
    private String drawn(FakeTorrent... torrents) {
        try (Progress bar = bar()) {
            bar.show(Arrays.stream(torrents).map(FakeTorrent::snapshot).toList());
        }
        return lines.getLast();
    }

    private Progress bar() {
        return new Progress.Bar(() -> new ProgressBarBuilder().setConsumer(new Lines()));
    }

    private static Terminal terminal(boolean interactive) {
        return new Terminal(new ByteArrayOutputStream(), new ByteArrayOutputStream(), interactive);
    }

    /** A terminal that is wide enough. */
    private final class Lines implements ProgressBarConsumer {
        private static final int COLUMNS = 200;

        @Override
        public int getMaxRenderedLength() {
            return COLUMNS;
        }

        @Override
        public void accept(String line) {
            lines.add(line.stripTrailing());
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }
}
