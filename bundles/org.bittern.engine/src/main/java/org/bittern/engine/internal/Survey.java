package org.bittern.engine.internal;

import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineEvent;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what is there of the files of a torrent that are being opened. Owned by the torrent's
 * loop, used once.
 *
 * <p>Where a torrent begins is decided when it is added, and the files of a magnet link are not
 * known then: its data may lie complete where it shall lie in the end. That is seen before the
 * first file is made elsewhere, or all of it would be downloaded again and could not go home.
 */
final class Survey {
    private static final Logger log = LoggerFactory.getLogger(Survey.class);

    private final TorrentCore torrent;
    private final TorrentStore opened;

    /**
     * Begins nothing yet.
     *
     * @param opened where the files are, or will be made
     */
    Survey(TorrentCore torrent, TorrentStore opened) {
        this.torrent = torrent;
        this.opened = opened;
    }

    /** Looks; {@code next} gets one per file, unless the store was left or is opened elsewhere. */
    void then(Consumer<List<FileStat>> next) {
        Storage storage = torrent.storage();
        opened.stat(result ->
                storage.on(
                        opened,
                        result,
                        stats -> {
                            if (storage.places().home()
                                    || !storage.known().isEmpty()
                                    || Inspection.anything(stats)) {
                                next.accept(stats);
                            } else {
                                lookAtHome(() -> next.accept(stats));
                            }
                        }));
    }

    private void lookAtHome(Runnable nothing) {
        Places places = torrent.storage().places();
        TorrentStore home =
                places.openIn(
                        torrent.session().parts().store().orElse(null),
                        torrent,
                        places.destination());
        if (home == null) {
            nothing.run();
        } else {
            home.stat(result -> home.close(_ -> looked(result, nothing)));
        }
    }

    private void looked(DiskResult<List<FileStat>> result, Runnable nothing) {
        Storage storage = torrent.storage();
        if (!storage.uses(opened)) {
            return;
        }
        if (result instanceof DiskResult.Ok<List<FileStat>> ok && Inspection.anything(ok.value())) {
            log.debug("{} lies in {} already", torrent.name(), storage.places().destination());
            storage.places().foundHome();
            torrent.commands().edited(EngineEvent.Aspect.DIRECTORY);
            storage.reopen();
        } else {
            nothing.run();
        }
    }
}
