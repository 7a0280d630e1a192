package org.bittern.engine.internal;

import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.disk.DiskResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of a torrent. Owned by the torrent's loop.
 *
 * <p>What a torrent does follows from what is wanted of it ({@link Start}), from what is known
 * (metadata), from its files ({@link Storage}), from its {@link Turn} and from errors; {@link
 * Visible} derives the state from these. What that means for its links is in {@link Presence}, the
 * end of its run in {@link Ending}.
 */
final class Course {
    private static final Logger log = LoggerFactory.getLogger(Course.class);

    private final TorrentCore torrent;
    private final Presence presence;
    private final Ending ending;
    private Start intent;
    private @Nullable TorrentError error; // null unless something stopped the torrent
    private Supplier<Optional<InfoHash>> twin = Optional::empty;
    private TorrentState shown = TorrentState.STOPPED;
    private boolean begun;

    Course(TorrentCore torrent, Start intent) {
        this.torrent = torrent;
        this.intent = intent;
        presence = new Presence(torrent);
        ending = new Ending(torrent, presence);
    }

    Presence presence() {
        return presence;
    }

    Ending ending() {
        return ending;
    }

    Start intent() {
        return intent;
    }

    @Nullable TorrentError error() {
        return error;
    }

    boolean removed() {
        return ending.begun();
    }

    /** Whether it may have links. */
    boolean networked() {
        return presence.online() && !removed();
    }

    /** Whether blocks may go out. */
    boolean uploads() {
        return networked()
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

    /** What was published last, or is about to be. Before {@link #begin} on any thread. */
    TorrentState shown() {
        return begun ? shown : Visible.state(torrent, intent, error);
    }

    /** Asks for a turn or gives it back, and publishes at once when the state is another. */
    void mayHaveChanged() {
        if (removed() || !begun) {
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
            if (!presence.online()) {
                enter();
            }
        } else if (presence.online()) {
            presence.leave("queued");
            torrent.storage().relocation().closeUnlessMoving(torrent.keeper()::save);
        }
    }

    private void enter() {
        if (torrent.content() == null) {
            presence.enter();
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

    /** Tells how to find another torrent that turned out to be the same; before {@link #begin}. */
    void among(Supplier<Optional<InfoHash>> others) {
        twin = others;
    }

    /** Two links of one hybrid are one torrent: only one of them may write to its files. */
    private boolean stopsForTwin() {
        Optional<InfoHash> other = twin.get();
        other.ifPresent(hash ->
                fail(
                        TorrentError.Kind.METADATA,
                        "it is the same torrent as %s, which is there too".formatted(hash.hex())));
        return other.isPresent();
    }

    private void activate() {
        boolean wasFull = isFull(error);
        error = null;
        if (stopsForTwin()) {
            return;
        }
        if (wasFull) {
            openAfterTrouble();
        }
        torrent.chronicle().started();
        Storage storage = torrent.storage();
        boolean unseen = torrent.content() != null && storage.isClosed() && !storage.isBelieved();
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
        if (isFull(error)) {
            error = null; // if it is still full it says so again
        }
        if (intent == Start.STARTED && error == null) {
            torrent.turn().claim(Visible.wish(torrent, intent, error));
        }
        if (intent == Start.STOPPED || !mayCreateFiles()) {
            presence.leave("queued");
            torrent.storage()
                    .relocation()
                    .closeUnlessMoving(torrent.keeper()::save); // it was only checked
        } else {
            torrent.keeper().takeUpPartials();
            torrent.swarm().news().tellWhatWasThere();
            torrent.dialler().seeding(torrent.requireContent().finished());
            presence.enter();
        }
        mayHaveChanged();
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
        continueAs(error != null || !presence.online());
    }

    void pause() {
        if (intent == Start.PAUSED && error == null) {
            return;
        }
        intent = Start.PAUSED;
        presence.stopTransfers();
        continueAs(error != null || !presence.online());
    }

    private void continueAs(boolean anew) {
        if (anew) {
            activate();
        } else {
            mayHaveChanged();
            presence.resumeTransfers();
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
        presence.leave("stopped");
        if (torrent.storage().isClosed()) {
            torrent.keeper().save();
        } else {
            torrent.storage().relocation().closeUnlessMoving(torrent.keeper()::save);
        }
        torrent.storage().leaving().then(torrent.storage().relocation()::goOn);
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
        presence.closeLinks("checking");
        torrent.keeper().forgetPartials();
        content.reset(new Bitfield(content.map().pieceCount()));
        torrent.downloadsOf().checked();
        torrent.storage().recheck();
        mayHaveChanged();
    }

    // ---- what parts report

    /** Something went wrong with the torrent itself. */
    void fail(TorrentError.Kind kind, String message) {
        boolean graver = isFull(error) && kind != TorrentError.Kind.DISK_FULL;
        if ((error != null && !graver) || removed()) {
            return;
        }
        log.warn("{}: {}", torrent.name(), message);
        TorrentError failure = new TorrentError(kind, message);
        error = failure;
        if (kind == TorrentError.Kind.DISK_FULL) {
            presence.stopTransfers();
        } else {
            presence.leave(message);
            if (!torrent.storage().isClosed()) {
                torrent.storage().close(torrent.keeper()::save);
            }
        }
        torrent.tell((at, number, hash) -> new EngineEvent.Failed(at, number, hash, failure));
        mayHaveChanged();
    }

    /** The disk has space again. */
    void spaceIsBack() {
        if (isFull(error)) {
            error = null;
            openAfterTrouble();
            mayHaveChanged();
            presence.resumeTransfers();
        }
    }

    private static boolean isFull(@Nullable TorrentError error) {
        return error != null && error.kind() == TorrentError.Kind.DISK_FULL;
    }

    /** Nobody else goes on with files that could not be opened, or were closed, on a full disk. */
    private void openAfterTrouble() {
        if (!torrent.storage().isReady()) {
            torrent.storage().reopen();
        }
    }

    /** Files that were gone are there again. */
    void filesAreBack() {
        if (error != null && error.kind() == TorrentError.Kind.STORE_MISSING && !removed()) {
            log.info("{}: its files are back", torrent.name());
            error = null;
            torrent.storage().open(false);
            mayHaveChanged();
        }
    }

    /** A verified piece cannot be read. */
    void readFailed(int piece, DiskResult.Failed<?> failure) {
        log.debug("{} cannot read piece {}: {}", torrent.name(), piece, failure.message());
        if (failure.kind() != DiskResult.Kind.CLOSED) {
            torrent.storage().trouble().unreadable(piece);
        }
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
        presence.resumeTransfers();
        if (presence.online()) {
            torrent.dialler().dial();
        }
        mayHaveChanged();
    }

    /** The metadata of a magnet link has come, and is in place. */
    void metadataComplete() {
        torrent.discovery().metadataKnown();
        torrent.tell(EngineEvent.MetadataReceived::new);
        if (stopsForTwin()) {
            torrent.keeper().save();
            return;
        }
        if (intent == Start.STOPPED || !mayCreateFiles()) {
            torrent.keeper().save();
        } else {
            torrent.storage().open(false);
        }
        mayHaveChanged();
    }
}
