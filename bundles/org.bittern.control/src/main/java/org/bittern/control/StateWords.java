package org.bittern.control;

import java.util.Optional;
import org.bittern.api.engine.TorrentSnapshot;

/**
 * The state of a torrent in the words of the HTTP plane.
 *
 * @param state downloading, seeding, paused, error or stopped
 * @param detail what the word alone does not say: metadata, check-wait, checking, queued, partial
 */
public record StateWords(String state, Optional<String> detail) {
    private static final String DOWNLOADING = "downloading";
    private static final String SEEDING = "seeding";

    /** The words for a torrent as it is now. */
    public static StateWords of(TorrentSnapshot torrent) {
        return switch (torrent.state()) {
            case METADATA -> words(DOWNLOADING, "metadata");
            case CHECK_QUEUED -> words(afterCheck(torrent), "check-wait");
            case CHECKING -> words(afterCheck(torrent), "checking");
            case DOWNLOAD_QUEUED -> words(DOWNLOADING, "queued");
            case DOWNLOADING -> new StateWords(DOWNLOADING, Optional.empty());
            case FINISHED -> words(SEEDING, "partial");
            case SEED_QUEUED -> words(SEEDING, "queued");
            case SEEDING -> new StateWords(SEEDING, Optional.empty());
            case PAUSED -> new StateWords("paused", Optional.empty());
            case STOPPED -> new StateWords("stopped", Optional.empty());
            case ERROR -> new StateWords("error", Optional.empty());
        };
    }

    /** What is not known to be there counts as missing. */
    private static String afterCheck(TorrentSnapshot torrent) {
        return torrent.progress().fraction() < 1 ? DOWNLOADING : SEEDING;
    }

    private static StateWords words(String state, String detail) {
        return new StateWords(state, Optional.of(detail));
    }
}
