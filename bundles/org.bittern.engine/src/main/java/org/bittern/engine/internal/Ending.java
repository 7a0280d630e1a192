package org.bittern.engine.internal;

import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a torrent's run: with the engine, or because it is taken out. Owned by the torrent's
 * loop.
 */
final class Ending {
    private final TorrentCore torrent;
    private final Presence presence;
    private boolean begun;

    Ending(TorrentCore torrent, Presence presence) {
        this.torrent = torrent;
        this.presence = presence;
    }

    /** Whether it is over: nothing is begun any more. */
    boolean begun() {
        return begun;
    }

    /**
     * Ends with the engine: links are closed or left to the next one, searches and files are
     * closed, resume data is saved.
     *
     * @param done called once
     */
    void close(Runnable done) {
        Countdown both = new Countdown(2, done);
        begun = true;
        if (torrent.session().handsOver()) {
            torrent.swarm().handovers().leave();
        }
        presence.leave("the engine stops", both::down);
        torrent.turn().end();
        torrent.downloadsOf().demands().end();
        torrent.storage().relocation().end();
        torrent.storage().close(() -> torrent.keeper().last(both::down));
    }

    /**
     * Takes the torrent out: no command reaches it any more.
     *
     * @param done called when files are closed or deleted: null, or what went wrong
     */
    void remove(boolean deleteData, Consumer<@Nullable EngineException> done) {
        presence.leave("removed");
        begun = true;
        torrent.turn().leave();
        torrent.downloadsOf().demands().end();
        torrent.keeper().stop();
        torrent.storage().relocation().end();
        if (deleteData) {
            new Deletion(torrent, done).begin();
        } else {
            torrent.storage().close(() -> done.accept(null));
        }
    }
}
