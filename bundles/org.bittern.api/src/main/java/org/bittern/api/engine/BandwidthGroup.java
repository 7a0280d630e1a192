package org.bittern.api.engine;

/**
 * Torrents that share rate limits, see {@link TorrentOptions#GROUP}.
 *
 * @param name 1 to {@value #MOST_CHARS} characters
 */
public record BandwidthGroup(String name, SpeedLimits limits) {
    /** Longest name. */
    public static final int MOST_CHARS = 255;

    public BandwidthGroup {
        if (name.isBlank() || name.length() > MOST_CHARS) {
            throw new EngineException(
                    EngineException.Code.INVALID_ARGUMENT,
                    "the name of a group has 1 to " + MOST_CHARS + " characters");
        }
    }
}
