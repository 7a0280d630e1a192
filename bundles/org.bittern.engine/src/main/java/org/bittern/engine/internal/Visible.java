package org.bittern.engine.internal;

import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.engine.internal.queue.Wish;
import org.jspecify.annotations.Nullable;

/**
 * What is to be seen of a torrent's {@link Course}: follows from what is wanted and what is there,
 * so that no two of these can contradict each other. On the torrent's loop.
 */
final class Visible {
    private Visible() {}

    static TorrentState state(TorrentCore torrent, Start intent, @Nullable TorrentError error) {
        Content content = torrent.content();
        Storage storage = torrent.storage();
        if (error != null) {
            return TorrentState.ERROR;
        }
        boolean opening = !storage.isReady() && !storage.isClosed() && !storage.isBetweenStores();
        if (content != null && opening && !storage.goesOn()) {
            return storage.waitsForCheck() ? TorrentState.CHECK_QUEUED : TorrentState.CHECKING;
        }
        if (intent != Start.STARTED) {
            return intent == Start.PAUSED ? TorrentState.PAUSED : TorrentState.STOPPED;
        }
        return started(content, torrent.turn().granted());
    }

    private static TorrentState started(@Nullable Content content, boolean granted) {
        if (content == null || !content.finished()) {
            TorrentState running =
                    content == null ? TorrentState.METADATA : TorrentState.DOWNLOADING;
            return granted ? running : TorrentState.DOWNLOAD_QUEUED;
        }
        TorrentState running = content.complete() ? TorrentState.SEEDING : TorrentState.FINISHED;
        return granted ? running : TorrentState.SEED_QUEUED;
    }

    /** What it would do if it were its turn. A check needs no turn: it has a queue of its own. */
    static Wish wish(TorrentCore torrent, Start intent, @Nullable TorrentError error) {
        if (torrent.removed()
                || intent != Start.STARTED
                || error != null
                || torrent.storage().inCheck()) {
            return Wish.NONE;
        }
        Content content = torrent.content();
        return content != null && content.finished() ? Wish.SEED : Wish.DOWNLOAD;
    }

    /** What it does now, as far as that can last too long. */
    static Wish activity(TorrentState state) {
        return switch (state) {
            case METADATA, DOWNLOADING -> Wish.DOWNLOAD;
            case FINISHED, SEEDING -> Wish.SEED;
            case CHECK_QUEUED, CHECKING, DOWNLOAD_QUEUED, SEED_QUEUED, PAUSED, STOPPED, ERROR ->
                    Wish.NONE;
        };
    }
}
