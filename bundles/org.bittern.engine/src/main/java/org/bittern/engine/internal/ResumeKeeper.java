package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bittern.engine.internal.choice.ResumeCodec;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the resume data of a torrent up to date. Owned by the torrent's loop.
 *
 * <p>What is claimed was written before the files were last forced to the disk: pieces are noted,
 * then the store is synchronised, then the note is stored. So a claim survives a loss of power.
 */
final class ResumeKeeper {
    private static final long WHILE_DOWNLOADING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long AFTER_COMMAND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** So much seeding time may be forgotten of a torrent that did nothing else. */
    private static final long UNSAVED_TIME_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final TorrentCore torrent;
    private final InfoHash key; // as it was added; a hybrid may gain a part later
    private final Map<Integer, BitSet> partials = new HashMap<>(); // of the earlier run
    private final List<Runnable> afterSave = new ArrayList<>();
    private byte @Nullable [] source; // not null while it is to be stored
    private EventLoop.Timer timer = () -> {};
    private long dueNanos;
    private boolean scheduled;
    private boolean saving;
    private boolean again;
    private boolean stopped;
    private boolean dirty; // since the last note
    private long movedAtNote;
    private long savedNanos;

    ResumeKeeper(TorrentCore torrent) {
        this.torrent = torrent;
        key = torrent.beginning().infoHash();
        savedNanos = torrent.loop().nanoTime();
    }

    // ---- restoring

    /**
     * Takes over what an earlier run has got, so that nobody ever sees less. By the constructor, on
     * any thread.
     */
    void recall(Beginning beginning) {
        ResumeData data = beginning.resume().orElse(null);
        if (data == null) {
            return;
        }
        torrent.tally()
                .restore(
                        data.totals().downloadedBytes(),
                        data.totals().uploadedBytes(),
                        data.totals().wastedBytes());
        Content content = torrent.content();
        if (content != null && fits(data, content)) {
            content.reset(data.pieces().have().copy());
            partials.putAll(data.pieces().partials());
            if (data.pieces().priorities().size() == content.map().pieceCount()) {
                content.override(data.pieces().priorities());
            }
        }
    }

    private static boolean fits(ResumeData data, Content content) {
        return data.pieces().have().pieceCount() == content.map().pieceCount();
    }

    /** Takes over what else an earlier run left. */
    void restore(Beginning beginning) {
        Content content = torrent.content();
        if (content != null) {
            torrent.commands().applyOptions();
        }
        ResumeData data = beginning.resume().orElse(null);
        if (data == null) {
            return;
        }
        if (data.swarm().trackers().isPresent()) {
            torrent.commands().restoreTrackersChanged();
        }
        torrent.storage().places().restore(data.files());
        torrent.dialler().found(data.swarm().peers(), "resume", true);
        if (content != null && fits(data, content)) {
            boolean statsFit = data.files().stats().size() == content.map().fileCount();
            torrent.storage()
                    .restore(
                            statsFit ? data.files().stats() : List.of(),
                            data.files().unchecked(),
                            beginning.left());
        }
    }

    /** The files are open: blocks that an earlier run has written need not come again. */
    void takeUpPartials() {
        Content content = torrent.requireContent();
        partials.forEach((piece, blocks) -> {
            if (content.restore(piece, blocks)) {
                torrent.downloadsOf().verify(piece);
            }
        });
        partials.clear();
    }

    /** All pieces were checked: what was known of blocks is void. */
    void forgetPartials() {
        partials.clear();
    }

    // ---- saving

    /**
     * Saves for the first time.
     *
     * @param bytes what the torrent can be restored from
     */
    CompletableFuture<@Nullable Void> first(byte[] bytes) {
        ResumeData data = data(pieces());
        return torrent.session().archive().torrent(key, bytes, () -> ResumeCodec.encode(data));
    }

    /** The torrent is to be stored as a torrent file from now on. */
    void source(byte[] torrentFile) {
        source = torrentFile;
        dirty = true; // the engine may stop at once
    }

    /** Whether more has changed than the time that has passed. */
    boolean isDirty() {
        return dirty || saving || moved() != movedAtNote;
    }

    private long moved() {
        return torrent.tally().downloaded() + torrent.tally().uploaded();
    }

    /** A block is in the files that may have been on its way to them at the last note. */
    void written() {
        dirty = true;
    }

    /** Pieces came: the next save may wait. */
    void changed() {
        schedule(WHILE_DOWNLOADING_NANOS);
    }

    /** Something was asked for: it shall be kept soon. */
    void soon() {
        schedule(AFTER_COMMAND_NANOS);
    }

    private void schedule(long nanos) {
        dirty = true;
        if (stopped || !torrent.session().archive().keeps()) {
            return;
        }
        long due = torrent.loop().nanoTime() + nanos;
        if (scheduled && dueNanos - due <= 0) {
            return;
        }
        timer.cancel();
        scheduled = true;
        dueNanos = due;
        timer = torrent.loop().schedule(nanos, this::save);
    }

    /**
     * Saves now.
     *
     * @param then runs on the loop when that is on the disk, or cannot be
     */
    void save(Runnable then) {
        if (stopped || !torrent.session().archive().keeps()) {
            then.run();
        } else {
            afterSave.add(then);
            save();
        }
    }

    /** Saves now. */
    void save() {
        timer.cancel();
        scheduled = false;
        if (stopped || !torrent.session().archive().keeps()) {
            return;
        }
        if (saving) {
            again = true;
            return;
        }
        if (torrent.removed()) {
            dirty = true; // the last save knows what the files are like when they are closed
            return;
        }
        saving = true;
        ResumeData.Pieces pieces = note();
        torrent.storage()
                .look(() -> {
                    saving = false;
                    if (!stopped) {
                        store(confirmed(pieces));
                    }
                    if (again) {
                        again = false;
                        save();
                    }
                });
    }

    /** What comes from now on is for the next save: the disk may be slow. */
    private ResumeData.Pieces note() {
        dirty = false;
        movedAtNote = moved();
        return pieces();
    }

    /** What was noted before a sync, unless that has failed and pieces of it must come again. */
    private ResumeData.Pieces confirmed(ResumeData.Pieces noted) {
        Content content = torrent.content();
        boolean taken =
                content != null
                        && noted.have().pieceCount() == content.map().pieceCount()
                        && noted.have().hasAnyNotIn(content.verified());
        return taken ? pieces() : noted;
    }

    /** Saves for the last time; the files are closed. */
    void last(Runnable done) {
        timer.cancel();
        stopped = true;
        long since = torrent.loop().nanoTime() - savedNanos;
        if (torrent.session().archive().keeps() && (isDirty() || since > UNSAVED_TIME_NANOS)) {
            store(note());
        }
        done.run();
    }

    /** Saves no more. */
    void stop() {
        timer.cancel();
        stopped = true;
    }

    private void store(ResumeData.Pieces pieces) {
        savedNanos = torrent.loop().nanoTime();
        ResumeData data = data(pieces);
        byte[] torrentFile = source;
        source = null;
        Archive archive = torrent.session().archive();
        List<Runnable> waiting = List.copyOf(afterSave);
        afterSave.clear();
        CompletableFuture<@Nullable Void> stored =
                torrentFile != null
                        ? archive.torrent(key, torrentFile, () -> ResumeCodec.encode(data))
                        : archive.resume(key, () -> ResumeCodec.encode(data));
        if (!waiting.isEmpty() || (torrentFile != null && !stopped)) {
            // Failures are logged there.
            var _ =
                    stored.whenComplete((done, failure) ->
                            torrent.loop()
                                    .execute(() ->
                                            torrent.guard(() -> {
                                                if (torrentFile != null && failure != null) {
                                                    storeLater(torrentFile);
                                                }
                                                waiting.forEach(Runnable::run);
                                            })));
        }
    }

    /** Without it the torrent would be a link again after a restart, and claim nothing. */
    private void storeLater(byte[] torrentFile) {
        if (source == null) {
            source = torrentFile;
        }
        schedule(WHILE_DOWNLOADING_NANOS);
    }

    private ResumeData.Pieces pieces() {
        Content content = torrent.content();
        if (content == null) {
            return new ResumeData.Pieces(new Bitfield(0), Map.of(), List.of());
        }
        Map<Integer, BitSet> written = new HashMap<>(partials);
        content.picker()
                .forEachPartial((piece, blocks) -> {
                    if (!blocks.isEmpty()) {
                        written.put(piece, blocks);
                    }
                });
        return new ResumeData.Pieces(content.verified().copy(), written, content.piecePriorities());
    }

    /** Resume data as of now. */
    private ResumeData data(ResumeData.Pieces pieces) {
        Content content = torrent.content();
        Tally tally = torrent.tally();
        var times = torrent.chronicle().times(torrent.course().shown());
        return new ResumeData(
                torrent.infoHash(),
                new ResumeData.Files(
                        torrent.storage().places().directory(),
                        torrent.storage().places().renamed(),
                        torrent.storage().known(),
                        torrent.storage().owesCheck(),
                        content == null ? List.of() : content.filePriorities(),
                        torrent.storage().places().plans()),
                pieces,
                new ResumeData.Course(
                        torrent.course().intent(),
                        torrent.turn().forced(),
                        torrent.turn().limitReached(),
                        torrent.turn().seat().position(),
                        torrent.options(),
                        torrent.commands().labels()),
                new ResumeData.Totals(
                        tally.downloadedEver(),
                        tally.uploadedEver(),
                        tally.corrupt(),
                        times.secondsDownloading() + times.secondsSeeding(),
                        times.secondsSeeding(),
                        times.added(),
                        Optional.ofNullable(times.completed()),
                        Optional.ofNullable(times.active()),
                        Optional.ofNullable(times.edited())),
                new ResumeData.Swarm(
                        torrent.commands().trackersChanged()
                                ? Optional.of(torrent.discovery().trackers().tiers())
                                : Optional.empty(),
                        torrent.dialler().best(ResumeCodec.MAX_PEERS)));
    }
}
