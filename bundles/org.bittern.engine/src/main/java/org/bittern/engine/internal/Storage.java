package org.bittern.engine.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bittern.engine.internal.Beginning.Left;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.jspecify.annotations.Nullable;

/**
 * The files of a torrent: opens them, finds out what of them can be trusted, checks that, and
 * closes them again. Owned by the torrent's loop. Files are not touched before the torrent is
 * started.
 */
final class Storage {
    private enum Phase {
        CLOSED,
        /** Wants to be open, but there is no disk store at the moment. */
        WAITING,
        OPENING,
        /** Waits for its turn to be checked. */
        CHECK_QUEUED,
        CHECKING,
        READY
    }

    private final TorrentCore torrent;
    private final Places places;
    private final Relocation relocation;
    private final FileNotes notes;
    private final Trust trust;
    private final DiskTrouble trouble;
    private final CheckTurn checkTurn;
    private final StoreGap gap;
    private final Leaving leaving = new Leaving();
    private Phase phase = Phase.CLOSED;
    private @Nullable TorrentStore store; // null while closed or waiting
    private @Nullable DiskStore disk; // whose store it is; null while waiting

    Storage(TorrentCore torrent, Beginning beginning) {
        this.torrent = torrent;
        places = new Places(beginning.directory(), beginning.destination());
        relocation = new Relocation(torrent, this);
        notes = new FileNotes(torrent.session());
        trust = new Trust(notes);
        trouble = new DiskTrouble(torrent, this);
        checkTurn = new CheckTurn(torrent);
        gap = new StoreGap(torrent);
    }

    /**
     * Takes over what an earlier run knew.
     *
     * @param stats empty when it never opened files
     * @param unchecked it did not end a check of everything
     */
    void restore(List<FileStat> stats, boolean unchecked, Left left) {
        notes.set(stats);
        trust.restore(unchecked, left);
        if (places.movingTo() != null) {
            // When the torrent is stopped nothing else would open its files.
            torrent.loop().execute(() -> torrent.guard(relocation::goOn));
        }
    }

    Places places() {
        return places;
    }

    Relocation relocation() {
        return relocation;
    }

    DiskTrouble trouble() {
        return trouble;
    }

    /** The store that was left last may still do what it was asked for. */
    Leaving leaving() {
        return leaving;
    }

    FileNotes notes() {
        return notes;
    }

    List<FileStat> known() {
        return notes.files();
    }

    /** Whether a check of everything is not over: the next run must do it. */
    boolean owesCheck() {
        return trust.owesCheck();
    }

    /** The store while blocks can be read and written. */
    @Nullable TorrentStore ready() {
        return phase == Phase.READY ? store : null;
    }

    boolean isReady() {
        return phase == Phase.READY;
    }

    /** Whether it is the store of the moment, in whatever phase. */
    boolean uses(TorrentStore some) {
        return some.equals(store);
    }

    /** Not ready, but only because one store is being exchanged for another. */
    boolean isBetweenStores() {
        return gap.isOpen();
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    boolean waitsForCheck() {
        return phase == Phase.CHECK_QUEUED;
    }

    /** Checks, or waits for that. */
    boolean inCheck() {
        return phase == Phase.CHECKING || waitsForCheck();
    }

    /** Nobody has ever looked for its files. */
    boolean wasNeverOpen() {
        return isClosed() && known().isEmpty() && !owesCheck();
    }

    /** Whether what was noted of its files holds until they say otherwise. */
    boolean isBelieved() {
        return trust.believes();
    }

    /** Whether it is merely opened anew, and what was shown of it goes on meanwhile. */
    boolean goesOn() {
        return !inCheck() && trust.goesOn();
    }

    /** 0.0 to 1.0 of a running check. */
    double progress() {
        return phase != Phase.CHECKING ? 1 : checkTurn.progress();
    }

    /** Opens the files, checks {@code all} or what must be; {@link Course#storageReady} follows. */
    void open(boolean all) {
        if (all) {
            trust.checkAll();
        }
        if (leaving.isUnderWay()) {
            phase = Phase.WAITING;
            return;
        }
        DiskStore present = torrent.session().parts().store().orElse(null);
        disk = present;
        TorrentStore opened = places.openIn(present, torrent);
        if (opened == null) {
            phase = Phase.WAITING;
            return;
        }
        phase = Phase.OPENING;
        trouble.stop();
        store = opened;
        relocation.settle(opened, () -> new Survey(torrent, opened).then(this::seen));
    }

    /** Goes on with a result, unless the store was closed or replaced meanwhile. */
    <T> void on(TorrentStore asked, DiskResult<T> result, Consumer<T> next) {
        if (!uses(asked)) {
            return;
        }
        switch (result) {
            case DiskResult.Ok<T> ok -> next.accept(ok.value());
            case DiskResult.Failed<T> failed -> failed(failed);
        }
    }

    private void seen(List<FileStat> stats) {
        Content content = torrent.requireContent();
        String missing = trust.expectsFiles() ? trouble.missing(stats) : null;
        if (missing != null) {
            trouble.gone(missing);
        } else if (trust.believes()) {
            Inspection inspection = new Inspection(content, places, torrent.session().random());
            check(trouble.doubted(trust.suspects(inspection, stats)));
        } else if (Inspection.anything(stats)) {
            notes.set(stats); // whoever ends the check misses them when they are gone
            trust.foundUnchecked();
            check(Bitfield.full(content.map().pieceCount()));
        } else {
            boolean asked = trust.checksAll();
            trust.settled();
            trouble.nothingThere(asked);
        }
    }

    /** Hashes these pieces in its turn, then makes the files ready. */
    void check(Bitfield pieces) {
        TorrentStore asked = store;
        if (asked == null || pieces.isEmpty()) {
            prepare();
            return;
        }
        phase = Phase.CHECK_QUEUED;
        checkTurn.ask(places.directory(), () -> checkNow(asked, pieces));
        torrent.course().mayHaveChanged();
    }

    private void checkNow(TorrentStore asked, Bitfield pieces) {
        phase = Phase.CHECKING;
        torrent.course().mayHaveChanged();
        checkTurn.run(
                asked,
                pieces,
                result ->
                        on(
                                asked,
                                result,
                                good -> {
                                    checkTurn.end();
                                    new Findings(torrent, trust, pieces, good).take(asked);
                                }));
    }

    /** Makes the files ready for blocks. */
    void prepare() {
        TorrentStore asked = store;
        if (asked != null) {
            phase = Phase.OPENING;
            relocation.catchUp(
                    asked,
                    () -> {
                        asked.trust(torrent.requireContent().verified());
                        asked.prepare(result -> on(asked, result, this::prepared));
                    });
        }
    }

    private void prepared(List<FileStat> stats) {
        if (relocation.lagsBehind()) {
            prepare();
            return;
        }
        if (!stats.equals(known())) {
            torrent.keeper().soon();
        }
        notes.set(stats);
        phase = Phase.READY;
        trust.settled();
        trouble.recovered();
        gap.end();
        relocation.goOn();
        torrent.course().storageReady();
        relocation.bringHome();
    }

    /** Checks all pieces again; opens the files for that if they are closed. */
    void recheck() {
        trust.checkAll();
        if (phase == Phase.READY && !known().isEmpty()) {
            check(Bitfield.full(torrent.requireContent().map().pieceCount()));
        } else {
            // The outcome of a check that is running must not be taken for that of the next one,
            // and files of which nothing is known are elsewhere than those that are open.
            reopen();
        }
    }

    /** Opens the files anew: the store was exchanged, or failed. */
    void reopen() {
        letGo(() -> {});
        open(false);
        torrent.course().mayHaveChanged();
    }

    /** Closes the store, if there is one, whatever it was doing. */
    private void letGo(Runnable done) {
        checkTurn.end();
        TorrentStore old = store;
        boolean wasReady = phase == Phase.READY;
        store = null;
        phase = Phase.CLOSED;
        if (old == null) {
            leaving.then(done); // what the last one was asked for may still be done
            return;
        }
        places.remember(old, torrent.requireContent().map().fileCount());
        leaving.begin();
        leaving.then(done);
        if (wasReady && torrent.keeper().isDirty()) {
            // Only when everything is written do the times of the files stay as they are seen.
            trouble.sync(old, () -> old.close(result -> closed()));
        } else {
            old.close(result -> closed());
        }
    }

    private void closed() {
        leaving.over();
        if (phase == Phase.WAITING && !torrent.removed()) {
            open(false);
        }
    }

    // ---- failing

    /** An operation failed: the torrent stops by itself until it is looked after or recovers. */
    void failed(DiskResult.Failed<?> failure) {
        if (failure.kind() == DiskResult.Kind.CLOSED) {
            lost();
        } else {
            trouble.failed(failure);
        }
    }

    /** The store was closed by its owner: another one will come. */
    private void lost() {
        if (!torrent.session().parts().store().equals(Optional.ofNullable(disk))) {
            storeChanged();
        } else if (phase != Phase.CLOSED) {
            leave();
            letGo(() -> {});
            phase = Phase.WAITING;
            torrent.course().mayHaveChanged();
        }
    }

    /** The disk store of the engine came, went or was replaced. */
    void storeChanged() {
        if (phase == Phase.CLOSED) {
            relocation.goOn();
        } else {
            leave();
            reopen();
        }
    }

    /** Leaves a store for another; several may come and go before the files are open again. */
    private void leave() {
        if (phase == Phase.READY) {
            trust.onlyWeWrite();
            gap.begin();
        }
    }

    /** Closes the files; {@code done} runs when they are closed. */
    void close(Runnable done) {
        trouble.stop();
        gap.end();
        letGo(done);
    }

    /** Looks at the files now, so that {@link #known} is what the next run compares with. */
    void look(Runnable done) {
        TorrentStore open = ready();
        if (open == null) {
            done.run();
        } else {
            trouble.sync(open, done);
        }
    }

    /**
     * Opens a store of the closed files for one operation, to be given back; null when they are
     * open or cannot be.
     */
    @Nullable TorrentStore openOnce() {
        Optional<DiskStore> present = torrent.session().parts().store();
        if (phase != Phase.CLOSED
                || leaving.isUnderWay()
                || present.isEmpty()
                || torrent.content() == null) {
            return null;
        }
        TorrentStore once = places.openIn(present.get(), torrent);
        if (once != null) {
            leaving.begin();
        }
        return once;
    }

    /** Closes what {@link #openOnce} gave; null: that was nothing. */
    void giveBack(@Nullable TorrentStore once, Runnable done) {
        if (once == null) {
            done.run();
        } else {
            leaving.then(done);
            once.close(result -> closed());
        }
    }
}
