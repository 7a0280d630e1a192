package org.bittern.api.engine;

/**
 * What an engine has done.
 *
 * @param current since this engine started
 * @param total over all runs, this one included
 */
public record EngineStatistics(Totals current, Totals total) {

    /**
     * Sums.
     *
     * @param downloadedBytes payload
     * @param uploadedBytes payload
     * @param torrentsAdded torrents, not counting those restored
     * @param filesAdded files of torrents whose metadata became known
     * @param sessions runs of an engine
     * @param secondsActive time that an engine ran
     */
    public record Totals(
            long downloadedBytes,
            long uploadedBytes,
            long torrentsAdded,
            long filesAdded,
            long sessions,
            long secondsActive) {}
}
