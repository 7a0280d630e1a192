package org.bittern.api.engine;

/**
 * Rate limits that several torrents share. A limit of 0 that is in force lets nothing but protocol
 * through.
 *
 * @param down bytes per second, in force when {@code downLimited}
 * @param up bytes per second, in force when {@code upLimited}
 * @param honorsSession the limits of the session hold as well
 */
public record SpeedLimits(
        long down, boolean downLimited, long up, boolean upLimited, boolean honorsSession) {

    /** No limits of its own. */
    public static final SpeedLimits NONE = new SpeedLimits(0, false, 0, false, true);

    public SpeedLimits {
        if (down < 0 || up < 0) {
            throw new EngineException(
                    EngineException.Code.INVALID_ARGUMENT,
                    "rates of " + down + " and " + up + " B/s, 0 or more are allowed");
        }
    }
}
