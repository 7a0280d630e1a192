package org.bittern.api.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * When seeding has lasted long enough; the first limit that is reached counts.
 *
 * @param ratio uploaded bytes by downloaded bytes, or by the size of a torrent that was never
 *     downloaded
 * @param idle time without payload while seeding
 * @param time time of seeding over all runs
 */
public record SeedLimits(
        OptionalDouble ratio, Optional<Duration> idle, Optional<Duration> time, SeedAction action) {

    /** No limits. */
    public static final SeedLimits NONE =
            new SeedLimits(
                    OptionalDouble.empty(), Optional.empty(), Optional.empty(), SeedAction.STOP);

    public SeedLimits {
        if (ratio.isPresent() && !(ratio.getAsDouble() >= 0)) {
            throw wrong("a ratio of " + ratio.getAsDouble());
        }
        if (idle.isPresent() && idle.get().isNegative()) {
            throw wrong("an idle time of " + idle.get());
        }
        if (time.isPresent() && time.get().isNegative()) {
            throw wrong("a seeding time of " + time.get());
        }
    }

    private static EngineException wrong(String what) {
        return new EngineException(
                EngineException.Code.INVALID_ARGUMENT, what + ", 0 or more is allowed");
    }
}
