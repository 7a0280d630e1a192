package org.bittern.api.engine;

/**
 * What holds for all torrents with a label. A torrent that is in a {@link BandwidthGroup} follows
 * the rate limits of that; otherwise the first of its labels that has a policy counts.
 *
 * @param label see {@link Torrent#setLabels}
 * @param speed shared by all torrents that follow it
 * @param seeding stands in for the session's limits, one by one where it has them
 */
public record LabelPolicy(String label, SpeedLimits speed, SeedLimits seeding) {}
