package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.TorrentError;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to the files of a torrent as a whole, open or not: selecting, moving, renaming.
 * Owned by the torrent's loop. Each {@code done} gets null, or what went wrong.
 *
 * <p>Before files are moved or renamed the wish is stored, so that the next run ends what a crash
 * interrupted. A move goes on beside everything else; it survives that the files are closed or the
 * store is replaced, for then it begins anew.
 */
final class Relocation {
    private static final Logger log = LoggerFactory.getLogger(Relocation.class);

    private final TorrentCore torrent;
    private final Storage storage;
    private final Places places;
    private final List<Consumer<@Nullable EngineException>> movers = new ArrayList<>();
    private @Nullable Consumer<@Nullable EngineException> renamer; // null unless one waits
    private @Nullable MoveAttempt move; // null unless the store moves files, or is about to
    private List<Priority> chosen = List.of(); // as the open store knows them
    private @Nullable TorrentError trouble; // of the last move; null when it worked

    Relocation(TorrentCore torrent, Storage storage) {
        this.torrent = torrent;
        this.storage = storage;
        places = storage.places();
    }

    /** Why the files are not where they shall be; null when nothing is known. */
    @Nullable TorrentError trouble() {
        return trouble;
    }

    /** Closes the files, unless they are being moved: then it is done after that. */
    void closeUnlessMoving(Runnable done) {
        if (move == null) {
            storage.close(done);
        }
    }

    /** Tells the store which files are wanted. */
    void priorities(Consumer<@Nullable EngineException> done) {
        TorrentStore open = storage.ready();
        if (open == null) {
            done.accept(null); // it is told before it is made ready
        } else {
            chosen = choices();
            open.priorities(
                    chosen,
                    result -> {
                        if (result instanceof DiskResult.Failed<Void>) {
                            knowsNotAll(open);
                        }
                        done.accept(problem(result));
                    });
        }
    }

    /** The store knows only a part of what is wanted. */
    private void knowsNotAll(TorrentStore open) {
        if (open.equals(storage.ready())) {
            storage.storeChanged();
        } else if (storage.uses(open)) {
            chosen = List.of(); // it is told again when it is made ready
        }
    }

    private List<Priority> choices() {
        return torrent.requireContent().filePriorities();
    }

    /**
     * Tells a store which files are wanted now, if that has changed while files were checked.
     *
     * @param then runs when it knows
     */
    void catchUp(TorrentStore open, Runnable then) {
        if (lagsBehind()) {
            chosen = choices();
            open.priorities(chosen, result -> storage.on(open, result, _ -> then.run()));
        } else {
            then.run();
        }
    }

    /** Whether other files are wanted than the open store knows. */
    boolean lagsBehind() {
        return !chosen.equals(choices());
    }

    // ---- moving

    /** Changes where the files lie. */
    void move(Path target, boolean moveData, Consumer<@Nullable EngineException> done) {
        trouble = null;
        cancelMove("the files are to go elsewhere");
        Content content = torrent.content();
        boolean untouched =
                storage.wasNeverOpen() && (content == null || content.verified().isEmpty());
        if (!moveData || untouched) {
            lookThere(target);
            done.accept(null);
        } else if (target.equals(places.directory())) {
            places.arrived(target);
            torrent.keeper().soon();
            done.accept(null);
        } else {
            places.movingTo(target);
            movers.add(done);
            torrent.keeper().save(this::goOn);
        }
    }

    /** What was verified was verified elsewhere: nothing of it is claimed before it is checked. */
    private void lookThere(Path target) {
        places.arrived(target);
        storage.notes().set(List.of()); // it was of other files
        if (torrent.content() != null) {
            torrent.course().recheck();
        }
        torrent.commands().edited(EngineEvent.Aspect.DIRECTORY);
    }

    private void cancelMove(String reason) {
        MoveAttempt running = move;
        move = null;
        if (running != null) {
            running.cancel();
        }
        places.stay();
        tellMovers(new EngineException(Code.DISK, "the move was cancelled: " + reason));
    }

    private void tellMovers(@Nullable EngineException problem) {
        List<Consumer<@Nullable EngineException>> waiting = List.copyOf(movers);
        movers.clear();
        waiting.forEach(mover -> mover.accept(problem));
    }

    /** All that is wanted is complete: it goes where it shall lie. */
    void bringHome() {
        Content content = torrent.content();
        if (!places.home() && places.movingTo() == null && content != null && content.finished()) {
            move(
                    places.destination(),
                    true,
                    problem -> {
                        if (problem != null) {
                            log.debug("{} stays: {}", torrent.name(), problem.getMessage());
                        }
                    });
        }
    }

    /** Begins the move that is wanted, or begins it again. */
    void goOn() {
        Path target = places.movingTo();
        if (target == null || move != null || torrent.removed()) {
            return;
        }
        TorrentStore open = storage.ready();
        if (open != null) {
            begin(open, false, target);
            return;
        }
        TorrentStore once = storage.openOnce();
        if (once == null && storage.leaving().isUnderWay()) {
            storage.leaving().then(this::goOn);
        } else if (once != null) {
            // An earlier run may have come to half of it.
            once.settle(
                    target,
                    result -> {
                        boolean moved = result instanceof DiskResult.Ok<Boolean> ok && ok.value();
                        if (torrent.removed() || !target.equals(places.movingTo())) {
                            strayed(once, moved, target);
                        } else if (moved) {
                            places.arrived(target);
                            ended(once);
                        } else {
                            begin(once, true, target);
                        }
                    });
        }
    }

    /** Ends what an earlier run was about to do with the files, before they are looked at. */
    void settle(TorrentStore opened, Runnable then) {
        chosen = choices(); // with which it was opened
        Path target = places.movingTo();
        if (target == null) {
            settleNames(opened, then);
            return;
        }
        opened.settle(
                target,
                result -> {
                    if (result instanceof DiskResult.Ok<Boolean> ok && ok.value()) {
                        places.arrived(target);
                        torrent.keeper().soon();
                    }
                    settleNames(opened, then);
                });
    }

    private void settleNames(TorrentStore opened, Runnable then) {
        ResumeData.Rename wanted = places.renaming();
        if (wanted == null) {
            then.run();
            return;
        }
        opened.rename(
                wanted.path(),
                wanted.name(),
                true,
                result -> {
                    if (result instanceof DiskResult.Ok<Void>) {
                        places.renamed(wanted, torrent.requireContent().metainfo());
                    }
                    places.renaming(null);
                    torrent.keeper().soon();
                    then.run();
                });
    }

    private void begin(TorrentStore store, boolean once, Path target) {
        log.debug("{} moves to {}", torrent.name(), target);
        TorrentStore lent = once ? store : null;
        MoveAttempt mine = new MoveAttempt(torrent, store, target);
        move = mine;
        torrent.touch();
        mine.begin(result -> {
            if (mine.equals(move)) {
                move = null;
                moved(lent, target, result);
            } else {
                // Nobody waits for it any more; it may have been too late to end it.
                strayed(lent, result instanceof DiskResult.Ok<Void>, target);
            }
        });
    }

    private void strayed(@Nullable TorrentStore once, boolean moved, Path target) {
        Path wanted = places.movingTo();
        if (moved) {
            places.arrived(target);
            storage.trouble().arrived();
            if (wanted != null) {
                places.movingTo(wanted);
            }
            torrent.keeper().soon();
        }
        storage.giveBack(once, this::goOn);
    }

    private void moved(@Nullable TorrentStore once, Path target, DiskResult<Void> result) {
        switch (result) {
            case DiskResult.Ok<Void> _ -> {
                places.arrived(target);
                storage.trouble().arrived();
                torrent.commands().edited(EngineEvent.Aspect.DIRECTORY);
            }
            case DiskResult.Failed<Void> failed -> {
                if (failed.kind() == DiskResult.Kind.CLOSED) {
                    places.moved(0); // it begins anew when the files are open again
                } else {
                    failedMove(target, failed);
                }
            }
        }
        ended(once);
    }

    private void ended(@Nullable TorrentStore once) {
        if (places.movingTo() == null) {
            tellMovers(null);
        }
        torrent.touch();
        torrent.keeper().save(() -> {});
        if (once != null) {
            storage.giveBack(once, this::goOn); // it may have been closed by its owner
        }
        if (once == null
                && torrent.course().error() == null // else it waits for space, with open files
                && (torrent.course().intent() == Start.STOPPED
                        || !torrent.course().mayCreateFiles())
                && places.movingTo() == null
                && storage.isReady()) {
            storage.close(torrent.keeper()::save);
        }
    }

    private void failedMove(Path target, DiskResult.Failed<Void> failed) {
        places.stay();
        TorrentError problem =
                new TorrentError(
                        TorrentError.Kind.DISK_ERROR,
                        "the files cannot be moved to %s: %s".formatted(target, failed.message()));
        trouble = problem;
        log.warn("{}: {}", torrent.name(), problem.message());
        torrent.tell((at, number, hash) -> new EngineEvent.Failed(at, number, hash, problem));
        tellMovers(new EngineException(Code.DISK, problem.message()));
    }

    // ---- renaming

    /** Renames a file or folder; the name of the root is that of the torrent. */
    void rename(ResumeData.Rename wanted, Consumer<@Nullable EngineException> done) {
        if (places.renaming() != null) {
            done.accept(busy());
            return;
        }
        places.renaming(wanted);
        renamer = done;
        torrent.keeper().save(this::rename);
    }

    private void rename() {
        Consumer<@Nullable EngineException> done = renamer;
        if (done == null) {
            return; // the torrent has ended meanwhile
        }
        renamer = null;
        ResumeData.Rename wanted = places.renaming();
        TorrentStore open = storage.ready();
        TorrentStore once = open == null ? storage.openOnce() : null;
        TorrentStore store = open == null ? once : open;
        if (wanted == null || store == null) {
            places.renaming(null);
            done.accept(busy());
            return;
        }
        store.rename(
                wanted.path(),
                wanted.name(),
                false,
                result -> {
                    EngineException problem = problem(result);
                    if (problem == null) {
                        places.renamed(wanted, torrent.requireContent().metainfo());
                        torrent.commands().edited(EngineEvent.Aspect.FILES);
                    }
                    places.renaming(null);
                    torrent.keeper().save(() -> {});
                    storage.giveBack(once, () -> done.accept(problem));
                });
    }

    // ---- the end

    /** The torrent is removed or the engine ends: nobody gets an answer later. */
    void end() {
        if (move != null) {
            move.cancel(); // files that were closed before it began are closed by nobody else
        }
        tellMovers(new EngineException(Code.DISK, "the move goes on when the engine starts again"));
        Consumer<@Nullable EngineException> waiting = renamer;
        renamer = null;
        if (waiting != null) {
            waiting.accept(new EngineException(Code.DISK, "the torrent ended before the renaming"));
        }
    }

    private static EngineException busy() {
        return new EngineException(Code.DISK, "the files are busy, try again later");
    }

    /** What a caller is told of an operation of the store; null when it worked. */
    static @Nullable EngineException problem(DiskResult<?> result) {
        return result instanceof DiskResult.Failed<?> failed
                ? new EngineException(Code.DISK, failed.message())
                : null;
    }
}
