package org.bittern.engine.internal;

import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.TorrentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a check has found, and what follows from it. Owned by the torrent's loop, used once. */
final class Findings {
    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    private final TorrentCore torrent;
    private final Storage storage;
    private final Trust trust;
    private final Bitfield asked;
    private final Bitfield good;

    /**
     * Believes nothing yet.
     *
     * @param asked the pieces that were hashed
     * @param good those of them that are there
     */
    Findings(TorrentCore torrent, Trust trust, Bitfield asked, Bitfield good) {
        this.torrent = torrent;
        storage = torrent.storage();
        this.trust = trust;
        this.asked = asked;
        this.good = good;
    }

    /**
     * Believes them, unless the files are gone: to a check, files that went away since they were
     * looked at are merely bad.
     *
     * @param by has checked
     */
    void take(TorrentStore by) {
        if (trust.checksAll() || !asked.hasAnyNotIn(good)) {
            believe();
            return;
        }
        by.stat(result ->
                storage.on(
                        by,
                        result,
                        stats -> {
                            String missing = storage.trouble().missing(stats);
                            if (missing != null) {
                                storage.trouble().gone(missing);
                            } else {
                                believe();
                            }
                        }));
    }

    private void believe() {
        Content content = torrent.requireContent();
        Bitfield claimed = content.verified().copy();
        claimed.and(asked);
        boolean lied = claimed.hasAnyNotIn(good);
        boolean all = asked.isComplete();
        if (lied && trust.isSuspicious() && !all) {
            log.info("{} has pieces that are not there, all are checked", torrent.name());
            storage.check(Bitfield.full(content.map().pieceCount()));
            return;
        }
        torrent.checked(asked, good, all);
        storage.trouble().checked(asked);
        trust.checked();
        storage.prepare();
    }
}
