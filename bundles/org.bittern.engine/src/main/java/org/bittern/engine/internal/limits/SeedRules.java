package org.bittern.engine.internal.limits;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.SeedAction;
import org.bittern.api.engine.SeedLimits;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;

/**
 * When a torrent has seeded enough: of each kind the limit of the torrent, or that of its label, or
 * that of the session. Immutable.
 */
public record SeedRules(Rule ratio, Rule idle, Rule time) {

    /**
     * One limit.
     *
     * @param limit a ratio, or nanoseconds; {@link #NEVER} when there is none
     * @param action what follows
     */
    public record Rule(double limit, SeedAction action) {
        /** Never reached. */
        public static final double NEVER = Double.POSITIVE_INFINITY;

        static final Rule NONE = new Rule(NEVER, SeedAction.STOP);

        /** Whether there is a limit. */
        public boolean holds() {
            return limit != NEVER;
        }
    }

    /** A kind of limit. */
    public enum Kind {
        RATIO,
        IDLE,
        TIME;

        /** The option that says which limit holds. */
        public Setting<LimitMode> mode() {
            return switch (this) {
                case RATIO -> TorrentOptions.SEED_RATIO_MODE;
                case IDLE -> TorrentOptions.SEED_IDLE_MODE;
                case TIME -> TorrentOptions.SEED_TIME_MODE;
            };
        }
    }

    private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

    /**
     * What holds for a torrent.
     *
     * @param options of the torrent
     * @param label limits of the label that it follows
     * @param session settings
     */
    public static SeedRules of(Settings options, SeedLimits label, Settings session) {
        SeedAction own = options.get(TorrentOptions.SEED_LIMIT_ACTION);
        return new SeedRules(
                rule(
                        options.get(TorrentOptions.SEED_RATIO_MODE),
                        new Rule(options.get(TorrentOptions.SEED_RATIO_LIMIT), own),
                        new Rule(label.ratio().orElse(Rule.NEVER), label.action()),
                        session(
                                session,
                                EngineSettings.RATIO_LIMIT_ENABLED,
                                session.get(EngineSettings.RATIO_LIMIT))),
                rule(
                        options.get(TorrentOptions.SEED_IDLE_MODE),
                        new Rule(minutes(options, TorrentOptions.SEED_IDLE_LIMIT), own),
                        new Rule(
                                label.idle().map(SeedRules::nanos).orElse(Rule.NEVER),
                                label.action()),
                        session(
                                session,
                                EngineSettings.IDLE_SEEDING_LIMIT_ENABLED,
                                minutes(session, EngineSettings.IDLE_SEEDING_LIMIT))),
                rule(
                        options.get(TorrentOptions.SEED_TIME_MODE),
                        new Rule(minutes(options, TorrentOptions.SEED_TIME_LIMIT), own),
                        new Rule(
                                label.time().map(SeedRules::nanos).orElse(Rule.NEVER),
                                label.action()),
                        session(
                                session,
                                EngineSettings.SEED_TIME_LIMIT_ENABLED,
                                minutes(session, EngineSettings.SEED_TIME_LIMIT))));
    }

    private static Rule rule(LimitMode mode, Rule own, Rule label, Rule session) {
        return switch (mode) {
            case SESSION -> label.holds() ? label : session;
            case OWN -> own;
            case UNLIMITED -> Rule.NONE;
        };
    }

    private static Rule session(Settings settings, Setting<Boolean> enabled, double limit) {
        return settings.get(enabled)
                ? new Rule(limit, settings.get(EngineSettings.SEED_LIMIT_ACTION))
                : Rule.NONE;
    }

    private static double minutes(Settings settings, Setting<Integer> key) {
        return settings.get(key) * NANOS_PER_MINUTE;
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * (double) TimeUnit.SECONDS.toNanos(1) + duration.getNano();
    }

    private Rule of(Kind kind) {
        return switch (kind) {
            case RATIO -> ratio;
            case IDLE -> idle;
            case TIME -> time;
        };
    }

    /** Whether a limit of this kind is reached. */
    public boolean reached(Kind kind, Progress progress) {
        double value =
                switch (kind) {
                    case RATIO -> progress.ratio;
                    case IDLE -> progress.idleNanos;
                    case TIME -> progress.seedingNanos;
                };
        return of(kind).holds() && value >= of(kind).limit;
    }

    /** What follows, when any limit is reached. */
    public Optional<SeedAction> reached(Progress progress) {
        for (Kind kind : Kind.values()) {
            if (reached(kind, progress)) {
                return Optional.of(of(kind).action);
            }
        }
        return Optional.empty();
    }

    /** Nanoseconds until a limit of time is reached if nothing moves; Long.MAX_VALUE when never. */
    public long nanosLeft(Progress progress) {
        double left = Math.min(idle.limit - progress.idleNanos, time.limit - progress.seedingNanos);
        return left == Rule.NEVER ? Long.MAX_VALUE : Math.max(0, (long) left);
    }

    /**
     * How long and how much a torrent has seeded.
     *
     * @param ratio uploaded by downloaded bytes
     */
    public record Progress(double ratio, long idleNanos, long seedingNanos) {}
}
