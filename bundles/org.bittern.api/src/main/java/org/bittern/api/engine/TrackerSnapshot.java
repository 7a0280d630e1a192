package org.bittern.api.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One tracker of one torrent at one moment.
 *
 * @param number stable in the torrent, from 0
 * @param url as given, with any passkey: not for logs
 * @param status what the last announce led to
 * @param message last error or warning text, empty when there is none
 * @param seeders -1 when unknown
 * @param leechers -1 when unknown
 * @param downloads completed downloads, -1 when unknown
 * @param lastPeers peers in the last answer
 * @param lastAnnounce null before the first
 * @param nextAnnounce null when none is planned
 */
public record TrackerSnapshot(
        int number,
        int tier,
        String url,
        Status status,
        String message,
        int seeders,
        int leechers,
        int downloads,
        int lastPeers,
        @Nullable Instant lastAnnounce,
        boolean lastAnnounceSucceeded,
        @Nullable Instant nextAnnounce,
        @Nullable Instant lastScrape) {

    /** What a tracker is doing for us. */
    public enum Status {
        NOT_CONTACTED,
        ANNOUNCING,
        WORKING,
        ERROR,
        DISABLED
    }
}
