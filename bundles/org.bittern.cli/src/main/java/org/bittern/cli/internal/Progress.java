package org.bittern.cli.internal;

import java.util.List;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.terminal.Printable;
import org.bittern.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** Shows how far torrents are. Used by one thread. */
interface Progress extends AutoCloseable {

    /** Shows the state of now. */
    void show(List<TorrentSnapshot> torrents);

    @Override
    void close();

    /** A bar where a person is watching, silence elsewhere. */
    static Progress on(Terminal terminal, boolean json) {
        return terminal.interactive() && !json ? new Bar(ProgressBarBuilder::new) : new Silence();
    }

    /** Shows nothing. */
    final class Silence implements Progress {
        @Override
        public void show(List<TorrentSnapshot> torrents) {
            // output is for a program
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }

    /** One bar for all torrents together, with rates, ETA and peers. */
    final class Bar implements Progress {
        private static final int UPDATE_MILLIS = 200;
        private static final long BYTES_PER_MIB = 1 << 20;

        private final Supplier<ProgressBarBuilder> bars;
        private @Nullable ProgressBar bar; // null until the first state is known

        /**
         * Opens nothing yet.
         *
         * @param bars knows where they are drawn
         */
        Bar(Supplier<ProgressBarBuilder> bars) {
            this.bars = bars;
        }

        @Override
        public void show(List<TorrentSnapshot> torrents) {
            long wanted = torrents.stream().mapToLong(t -> t.progress().wantedBytes()).sum();
            long verified =
                    torrents.stream().mapToLong(t -> t.progress().wantedVerifiedBytes()).sum();
            ProgressBar shown = bar;
            if (shown == null) {
                shown =
                        bars.get()
                                .setTaskName(task(torrents))
                                .setInitialMax(wanted)
                                .setUnit(" MiB", BYTES_PER_MIB)
                                .setUpdateIntervalMillis(UPDATE_MILLIS)
                                .continuousUpdate() // rates fall while no piece comes
                                .setStyle(ProgressBarStyle.ASCII)
                                .hideEta()
                                .build();
                bar = shown;
            }
            shown.maxHint(wanted);
            shown.stepTo(verified);
            shown.setExtraMessage(extra(torrents, wanted - verified));
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }

        private static String task(List<TorrentSnapshot> torrents) {
            return torrents.size() == 1
                    ? Printable.line(torrents.getFirst().name())
                    : torrents.size() + " torrents";
        }

        private static String extra(List<TorrentSnapshot> torrents, long leftBytes) {
            long down = torrents.stream().mapToLong(t -> t.transfer().downloadRate()).sum();
            long up = torrents.stream().mapToLong(t -> t.transfer().uploadRate()).sum();
            int peers = torrents.stream().mapToInt(t -> t.swarm().connected()).sum();
            String eta =
                    leftBytes > 0 && down > 0 ? " ETA " + Printable.duration(leftBytes / down) : "";
            return " %s down %s/s up %s/s peers %d%s"
                    .formatted(
                            word(torrents), Printable.bytes(down), Printable.bytes(up), peers, eta);
        }

        private static String word(List<TorrentSnapshot> torrents) {
            TorrentState state = torrents.getFirst().state();
            return switch (state) {
                case METADATA -> "metadata";
                case CHECK_QUEUED, CHECKING ->
                        "checking %d%%"
                                .formatted(
                                        Math.round(torrents.getFirst().progress().checked() * 100));
                case DOWNLOAD_QUEUED, SEED_QUEUED -> "queued";
                case DOWNLOADING -> "";
                case FINISHED, SEEDING -> "seeding";
                case PAUSED -> "paused";
                case STOPPED -> "stopped";
                case ERROR -> "error";
            };
        }
    }
}
