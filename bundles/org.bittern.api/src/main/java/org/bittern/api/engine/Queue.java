package org.bittern.api.engine;

import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The order in which torrents get their turn. Positions are always 0 to n-1, each once.
 * Thread-safe.
 *
 * <p>Of the torrents that want to download, the first {@link EngineSettings#DOWNLOAD_QUEUE_SIZE}
 * run and the others wait in {@link TorrentState#DOWNLOAD_QUEUED}; the same holds for seeds. A
 * stalled torrent keeps running beside them, a forced one ({@link Torrent#startNow}) runs always
 * and counts.
 */
@ProviderType
public interface Queue {

    /**
     * Moves torrents; those that move keep their order among each other. Torrents that are gone are
     * left out.
     */
    CompletionStage<Void> move(Collection<? extends Torrent> torrents, Move where);

    /**
     * Puts a torrent at a position.
     *
     * @param position from 0; beyond the end means the end
     */
    CompletionStage<Void> place(Torrent torrent, int position);

    /** Where to. */
    enum Move {
        TOP,
        /** One place, before the torrent in front. */
        UP,
        /** One place, behind the torrent that follows. */
        DOWN,
        BOTTOM
    }
}
