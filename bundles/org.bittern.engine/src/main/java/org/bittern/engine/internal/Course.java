package org.bittern.engine.internal;

import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.DiskResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of a torrent. Owned by the torrent's loop.
 *
 * <p>What a torrent does follows from what is wanted of it ({@link Start}), from what is known
 * (metadata), from its files ({@link Storage}), from its {@link Turn} and from errors; {@link
 * Visible} derives the state from these.
 */
final class Course {
    private static final Logger log = LoggerFactory.getLogger(Course.class);

    private final TorrentCore torrent;
    private Start intent;
    private @Nullable TorrentError error; // null unless something stopped the torrent
    private TorrentState shown = TorrentState.STOPPED;
    private boolean networked;
    private boolean removed;
    private boolean begun;

    Course(TorrentCore torrent, Start intent) {
        this.torrent = torrent;
        this.intent = intent;
    }

    Start intent() {
        return intent;
    }

    @Nullable TorrentError error() {
        return error;
    }

    boolean removed() {
        return removed;
    }

    /** Whether it may have links. */
    boolean networked() {
        return networked && !removed;
    }

    /** Whether blocks may go out. */
    boolean uploads() {
        return networked
                && intent == Start.STARTED
                && error == null
                && torrent.turn().granted()
                && (torrent.storage().isReady() || torrent.storage().isBetweenStores());
    }

    /** Whether blocks may be asked for. */
    boolean downloads() {
        Content content = torrent.content();
        return uploads() && torrent.storage().isReady() && content != null && !content.finished();
    }

    /** What was published last, or is about to be. */
    TorrentState shown() {
        return shown;
    }

    /** Asks for a turn or gives it back, and publishes at once when the state is another. */
    void mayHaveChanged() {
        if (removed || !begun) {
            return;
        }
        torrent.turn().claim(Visible.wish(torrent, intent, error));
        followTurn();
        TorrentState now = Visible.state(torrent, intent, error);
        TorrentState before = shown;
        if (now != before) {
            torrent.chronicle().passed(before);
            shown = now;
            torrent.tellTally();
            torrent.publishNow();
            torrent.tell((at, number, hash) ->
                    new EngineEvent.StateChanged(at, number, hash, before, now));
        }
        torrent.turn().runs(Visible.activity(now));
    }

    /** Goes where its turn sends it; does nothing when it is there. */
    private void followTurn() {
        if (intent != Start.STARTED || error != null || torrent.storage().inCheck()) {
            return;
        }
        if (torrent.turn().granted()) {
            if (!networked) {
                enter();
            }
        } else if (networked) {
            goOffline("queued", () -> {});
            torrent.storage().close(torrent.keeper()::save);
        }
    }

    private void enter() {
        if (torrent.content() == null) {
            goOnline();
        } else if (torrent.storage().isReady()) {
            storageReady();
        } else if (torrent.storage().isClosed()) {
            torrent.storage().open(false);
        }
    }

    /** First turn on the loop. */
    void begin() {
        begun = true;
        shown = Visible.state(torrent, intent, error);
        if (intent != Start.STOPPED) {
            activate();
        }
    }

    private void activate() {
        error = null;
        torrent.chronicle().started();
        boolean unseen = torrent.content() != null && torrent.storage().wasNeverOpen();
        if (intent == Start.PAUSED || unseen) {
            enter(); // data that is there already is checked before its turn comes
        }
        mayHaveChanged();
    }

    /** Whether files that do not exist yet may be made. */
    boolean mayCreateFiles() {
        return intent != Start.STARTED || torrent.turn().granted();
    }

    /** The files are open and checked. */
    void storageReady() {
        if (intent == Start.STARTED && error == null) {
            torrent.turn().claim(Visible.wish(torrent, intent, error));
        }
        if (intent == Start.STOPPED || !mayCreateFiles()) {
            goOffline("queued", () -> {});
            torrent.storage().closeAfterMove(torrent.keeper()::save); // it was only checked
        } else {
            torrent.keeper().takeUpPartials();
            torrent.swarm().tellWhatWasThere();
            torrent.dialler().seeding(torrent.requireContent().finished());
            goOnline();
        }
        mayHaveChanged();
    }

    private void goOnline() {
        networked = true;
        torrent.tellTally();
        torrent.discovery().start();
        resumeTransfers();
        torrent.dialler().dial();
        torrent.wake();
    }

    private void goOffline(String reason, Runnable done) {
        networked = false;
        torrent.swarm().closeAll(reason);
        torrent.discovery().stop(torrent.loop(), done);
    }

    private void resumeTransfers() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            peer.extension().tellWants();
            peer.down().reconsider();
            peer.up().pump();
        }
        torrent.swarm().webSeeds().refresh();
        torrent.swarm().rechoke();
    }

    /** No block goes either way from now on; links stay. */
    private void stopTransfers() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.isOpen()) {
                peer.down().cancelAll();
                peer.down().reconsider();
                peer.up().dropAll(true);
            }
        }
        torrent.swarm().rechoke();
    }

    void start(boolean forced) {
        boolean changed = torrent.turn().forced() != forced;
        torrent.turn().force(forced);
        if (intent == Start.STARTED && error == null) {
            if (changed) {
                mayHaveChanged();
                torrent.keeper().soon();
            }
            return;
        }
        intent = Start.STARTED;
        torrent.turn().startedAnew();
        continueAs(error != null || !networked);
    }

    void pause() {
        if (intent == Start.PAUSED && error == null) {
            return;
        }
        intent = Start.PAUSED;
        stopTransfers();
        continueAs(error != null || !networked);
    }

    private void continueAs(boolean anew) {
        if (anew) {
            activate();
        } else {
            mayHaveChanged();
            resumeTransfers();
        }
        torrent.keeper().soon();
    }

    void stop() {
        if (intent == Start.STOPPED && error == null) {
            return;
        }
        intent = Start.STOPPED;
        error = null;
        torrent.turn().force(false);
        goOffline("stopped", () -> {});
        if (torrent.storage().isClosed()) {
            torrent.keeper().save();
        } else {
            torrent.storage().closeAfterMove(torrent.keeper()::save);
        }
        mayHaveChanged();
    }

    void recheck() {
        Content content = torrent.content();
        if (content == null) {
            throw new EngineException(
                    EngineException.Code.INVALID_ARGUMENT,
                    "there is nothing to check before the metadata is known");
        }
        error = null;
        networked = false;
        torrent.swarm().closeAll("checking");
        torrent.keeper().forgetPartials();
        content.reset(new Bitfield(content.map().pieceCount()));
        torrent.downloadsOf().demands().refresh();
        torrent.storage().recheck();
        mayHaveChanged();
    }

    // ---- what parts report

    /** There is no store, and none seems to come: nothing can be written or read. */
    void storageGone() {
        stopTransfers();
    }

    /** Something went wrong with the torrent itself. */
    void fail(TorrentError.Kind kind, String message) {
        if (error != null || removed) {
            return;
        }
        log.warn("{}: {}", torrent.name(), message);
        TorrentError failure = new TorrentError(kind, message);
        error = failure;
        if (kind == TorrentError.Kind.DISK_FULL) {
            stopTransfers();
        } else {
            goOffline(message, () -> {});
            if (!torrent.storage().isClosed()) {
                torrent.storage().close(torrent.keeper()::save);
            }
        }
        torrent.tell((at, number, hash) -> new EngineEvent.Failed(at, number, hash, failure));
        mayHaveChanged();
    }

    /** The disk has space again. */
    void spaceIsBack() {
        if (error != null && error.kind() == TorrentError.Kind.DISK_FULL) {
            error = null;
            if (!torrent.storage().isReady()) {
                torrent.storage().reopen();
            }
            mayHaveChanged();
            resumeTransfers();
        }
    }

    /** Files that were gone are there again. */
    void filesAreBack() {
        if (error != null && error.kind() == TorrentError.Kind.STORE_MISSING && !removed) {
            log.info("{}: its files are back", torrent.name());
            error = null;
            torrent.storage().open(false);
            mayHaveChanged();
        }
    }

    /** A verified piece cannot be read. */
    void readFailed(int piece, DiskResult.Failed<?> failure) {
        log.debug("{} cannot read piece {}: {}", torrent.name(), piece, failure.message());
        torrent.storage().failed(failure);
    }

    /** Everything that is wanted has come. */
    void finishedDownload() {
        torrent.chronicle().completed();
        torrent.tellTally();
        if (torrent.requireContent().complete()) {
            torrent.discovery().completed();
        }
        torrent.dialler().seeding(true);
        torrent.swarm().finished();
        mayHaveChanged();
        torrent.tell(EngineEvent.Finished::new);
        torrent.keeper().save();
        torrent.storage().relocation().bringHome();
    }

    /** What is wanted has changed, checked pieces too: look anew at everybody. */
    void wantsChanged() {
        Content content = torrent.content();
        torrent.dialler().seeding(content != null && content.finished());
        resumeTransfers();
        if (networked) {
            torrent.dialler().dial();
        }
        mayHaveChanged();
    }

    /** The metadata of a magnet link has come, and is in place. */
    void metadataComplete() {
        torrent.discovery().metadataKnown();
        torrent.tell(EngineEvent.MetadataReceived::new);
        if (intent == Start.STOPPED || !mayCreateFiles()) {
            torrent.keeper().save();
        } else {
            torrent.storage().open(false);
        }
        mayHaveChanged();
    }

    /** The listening port or the addresses changed. */
    void bindingChanged() {
        if (networked) {
            torrent.discovery().restart();
            torrent.dialler().forgive();
        }
    }

    /**
     * Ends the torrent's run: links, searches and files are closed, resume data is saved.
     *
     * @param done called once
     */
    void close(Runnable done) {
        Countdown both = new Countdown(2, done);
        goOffline("the engine stops", both::down);
        removed = true;
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
        goOffline("removed", () -> {});
        removed = true;
        torrent.turn().leave();
        torrent.downloadsOf().demands().end();
        torrent.keeper().stop();
        torrent.storage().relocation().end();
        if (deleteData) {
            torrent.storage().relocation().delete(done);
        } else {
            torrent.storage().close(() -> done.accept(null));
        }
    }
}
