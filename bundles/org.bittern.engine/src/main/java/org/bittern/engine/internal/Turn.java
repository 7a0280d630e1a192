package org.bittern.engine.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.SeedAction;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.engine.internal.limits.SeedRules;
import org.bittern.engine.internal.queue.Seat;
import org.bittern.engine.internal.queue.Wish;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A torrent's turn: its seat in the queue, and how long it may stay there, for it leaves its place
 * when it stalls and stops when it has seeded enough. Owned by the torrent's loop.
 *
 * <p>While nothing moves there is one timer, for the next moment at which that has consequences.
 */
final class Turn {
    private final TorrentCore torrent;
    private final Seat seat;
    private boolean forced;
    private boolean limitReached;
    private boolean stalled;
    private boolean leaving; // it is about to be removed
    private Wish running = Wish.NONE; // what it does, not what it waits for
    private long sinceNanos;
    private double idleTold = SeedRules.Rule.NEVER; // limit of the snapshot that was asked for
    private EventLoop.Timer timer = () -> {};

    Turn(TorrentCore torrent, Beginning beginning) {
        this.torrent = torrent;
        EventLoop loop = torrent.loop();
        seat =
                torrent.session()
                        .turns()
                        .join(() ->
                                loop.execute(() ->
                                        torrent.guard(() -> torrent.course().mayHaveChanged())));
        beginning
                .resume()
                .ifPresent(data -> {
                    forced = data.course().forced();
                    limitReached = data.course().limitReached();
                });
    }

    Seat seat() {
        return seat;
    }

    boolean granted() {
        return seat.granted();
    }

    boolean forced() {
        return forced;
    }

    boolean limitReached() {
        return limitReached;
    }

    /** Asks for a turn, or gives it back. */
    void claim(Wish wish) {
        torrent.session().turns().wish(seat, wish, forced, stalled);
    }

    void force(boolean now) {
        forced = now;
    }

    /** Gives the seat back: the torrent is removed. */
    void leave() {
        timer.cancel();
        torrent.session().turns().leave(seat);
    }

    /** The run ends; the seat is kept, so that the order can be stored. */
    void end() {
        timer.cancel();
        running = Wish.NONE;
    }

    /** Started by the user: limits that it has reached must not stop it again at once. */
    void startedAnew() {
        if (limitReached) {
            limitReached = false;
            waive(progress(0));
        }
    }

    private void waive(SeedRules.Progress progress) {
        SeedRules rules = rules();
        Settings waived = Settings.EMPTY;
        for (SeedRules.Kind kind : SeedRules.Kind.values()) {
            if (rules.reached(kind, progress)) {
                waived = waived.with(kind.mode(), TorrentOptions.LimitMode.UNLIMITED);
            }
        }
        if (!waived.keys().isEmpty()) {
            torrent.commands().setOptions(waived);
        }
    }

    // ---- watching

    /** What the torrent does from now on. */
    void runs(Wish now) {
        if (running != now) {
            running = now;
            sinceNanos = torrent.loop().nanoTime();
            stalled = false;
            look();
        }
    }

    /** Payload moved; called for every block. */
    void moved() {
        if (stalled) {
            look();
        }
    }

    /** Options, labels, settings or policies changed, or a second of moving has passed. */
    void look() {
        timer.cancel();
        tellIdle();
        if (running == Wish.NONE || leaving) {
            return;
        }
        long idle = idleNanos();
        long patience = patienceNanos();
        boolean now = idle >= patience;
        if (stalled != now) {
            stalled = now;
            torrent.course().mayHaveChanged();
            torrent.touch();
        }
        long left = stalled ? Long.MAX_VALUE : patience - idle;
        if (running == Wish.SEED) {
            SeedRules.Progress progress = progress(idle);
            SeedRules rules = rules();
            var action = rules.reached(progress);
            if (action.isPresent()) {
                enough(action.get(), progress);
                return;
            }
            left = Math.min(left, rules.nanosLeft(progress));
        }
        if (left != Long.MAX_VALUE) {
            timer = torrent.loop().schedule(left, () -> torrent.guard(this::look));
        }
    }

    /** When an idle seed will stop is shown: a snapshot must follow when that is another moment. */
    private void tellIdle() {
        double limit = running == Wish.SEED ? rules().idle().limit() : SeedRules.Rule.NEVER;
        if (limit != idleTold) {
            idleTold = limit;
            torrent.touch();
        }
    }

    private void enough(SeedAction action, SeedRules.Progress progress) {
        if (action == SeedAction.SUPER_SEED) {
            waive(progress);
        }
        limitReached = action == SeedAction.STOP;
        leaving = action == SeedAction.REMOVE || action == SeedAction.REMOVE_DATA;
        torrent.tell(
                (at, number, hash) -> new EngineEvent.SeedLimitReached(at, number, hash, action));
        switch (action) {
            case STOP -> torrent.course().stop();
            case REMOVE -> torrent.session().remove(torrent.beginning().number(), false);
            case REMOVE_DATA -> torrent.session().remove(torrent.beginning().number(), true);
            case SUPER_SEED ->
                    torrent.commands()
                            .setOptions(Settings.EMPTY.with(TorrentOptions.SUPER_SEEDING, true));
        }
        torrent.publishNow();
    }

    private long idleNanos() {
        long now = torrent.loop().nanoTime();
        return Math.min(now - sinceNanos, torrent.chronicle().idleNanos(now));
    }

    /** So long nothing may move before it has stalled. */
    private long patienceNanos() {
        SessionScope session = torrent.session();
        return session.setting(EngineSettings.QUEUE_STALLED_ENABLED)
                ? TimeUnit.MINUTES.toNanos(session.setting(EngineSettings.QUEUE_STALLED_MINUTES))
                : Long.MAX_VALUE;
    }

    private SeedRules rules() {
        return SeedRules.of(
                torrent.options(),
                torrent.session().policies().seeding(torrent.commands().labels()),
                torrent.session().settings());
    }

    private SeedRules.Progress progress(long idleNanos) {
        Tally tally = torrent.tally();
        Content content = torrent.content();
        long size = content == null ? 0 : content.totalBytes();
        long base = tally.downloadedEver() > 0 ? tally.downloadedEver() : size;
        return new SeedRules.Progress(
                base == 0 ? 0 : (double) tally.uploadedEver() / base,
                idleNanos,
                torrent.chronicle().seedingNanos(torrent.course().shown()));
    }

    // ---- snapshot

    TorrentSnapshot.Turn snapshot() {
        Instant stop = idleStop();
        return forced || stalled || limitReached || stop != null
                ? new TorrentSnapshot.Turn(forced, stalled, limitReached, stop)
                : TorrentSnapshot.Turn.ORDINARY;
    }

    private @Nullable Instant idleStop() {
        if (running != Wish.SEED) {
            return null;
        }
        SeedRules.Rule idle = rules().idle();
        if (!idle.holds()) {
            return null;
        }
        return torrent.loop().now().plus(Duration.ofNanos((long) idle.limit() - idleNanos()));
    }
}
