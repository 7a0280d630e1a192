package org.bittern.stream.local.internal;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Torrent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes torrents and files run and wanted as long as they are streamed, and then puts back what it
 * changed. Thread-safe by its lock, under which nothing blocks.
 *
 * <p>What is done to one torrent is done step by step: a player may come back at the moment when
 * its file is put back, and must find either what was or what will be.
 */
final class Selection {
    private static final Logger log = LoggerFactory.getLogger(Selection.class);

    /** Stands for the files of a torrent that are not known yet. */
    static final int NO_FILE = -1;

    private static final CompletionStage<?> NOTHING = CompletableFuture.completedStage(null);

    /** What was changed of a torrent. */
    private static final class Loan {
        private final Torrent torrent;

        /** Files that were looked at, and the change by its user that the torrent had seen then. */
        private final Map<Integer, Optional<Instant>> seen = new HashMap<>();

        private final Set<Integer> selected = new HashSet<>(); // files that were not wanted
        private boolean forced; // it waited in the queue
        private CompletableFuture<?> last = CompletableFuture.completedFuture(null); // step

        Loan(Torrent torrent) {
            this.torrent = torrent;
        }

        /** The same of a torrent that another engine has now. */
        Loan of(Torrent now) {
            Loan loan = new Loan(now);
            loan.seen.putAll(seen);
            loan.selected.addAll(selected);
            loan.forced = forced;
            return loan;
        }

        /** Does it when all steps before it are done. */
        void then(String what, Supplier<CompletionStage<?>> step) {
            last =
                    last.thenCompose(before -> step.get())
                            .<@Nullable Object>handle((done, failure) -> {
                                if (failure != null) {
                                    log.debug("cannot {}: {}", what, failure.toString());
                                }
                                return null;
                            })
                            .toCompletableFuture();
        }
    }

    private final Map<Integer, Loan> loans = new HashMap<>();
    private boolean engineGone; // nothing can be put back meanwhile

    /** Says whether a file of a torrent is being streamed. */
    @FunctionalInterface
    interface Use {
        boolean inUse(int torrent, int file);
    }

    /**
     * Somebody waits for a file. To be told again as long as that is so: a check may end, and a
     * user may deselect the file, for which somebody would then wait in vain.
     */
    synchronized void needed(Torrent torrent, int file) {
        Loan loan = loans.computeIfAbsent(torrent.number(), number -> new Loan(torrent));
        Optional<Instant> edited = Optional.ofNullable(torrent.snapshot().times().edited());
        if (!edited.equals(loan.seen.put(file, edited))) {
            loan.then("select a file", () -> change(loan, file, one -> select(loan, one)));
        }
        loan.then("start", () -> start(loan)); // what was selected may have put it in the queue
    }

    private synchronized CompletionStage<?> start(Loan loan) {
        return switch (loan.torrent.snapshot().state()) {
            case PAUSED -> loan.torrent.start();
            case DOWNLOAD_QUEUED -> {
                loan.forced = true;
                yield loan.torrent.startNow();
            }
            default -> NOTHING;
        };
    }

    /** Gives a file another priority, if it shall have one. */
    private static CompletionStage<?> change(
            Loan loan, int file, Function<FileSnapshot, Optional<Priority>> to) {
        return loan.torrent
                .files()
                .thenCompose(files ->
                        files.stream()
                                .filter(one -> one.index() == file)
                                .findFirst()
                                .flatMap(to)
                                .map(now -> loan.torrent.setFilePriorities(Map.of(file, now)))
                                .orElse(CompletableFuture.completedStage(null)));
    }

    private synchronized Optional<Priority> select(Loan loan, FileSnapshot file) {
        if (file.priority() != Priority.SKIP) {
            return Optional.empty();
        }
        loan.selected.add(file.index());
        return Optional.of(Priority.LOW);
    }

    /** Unless the user has given it another priority meanwhile. */
    private synchronized Optional<Priority> deselect(Loan loan, FileSnapshot file) {
        return loan.selected.remove(file.index()) && file.priority() == Priority.LOW
                ? Optional.of(Priority.SKIP)
                : Optional.empty();
    }

    /** The engine goes: what was changed will be put back in the next one, which finds it so. */
    synchronized void engineGone() {
        engineGone = true;
    }

    /** An engine is there that has the torrents as the one before it left them. */
    synchronized void engineCame(Engine engine) {
        engineGone = false;
        List<Loan> before = List.copyOf(loans.values());
        loans.clear();
        for (Loan loan : before) {
            engine.torrent(loan.torrent.infoHash())
                    .ifPresent(torrent -> loans.put(torrent.number(), loan.of(torrent)));
        }
    }

    /** Puts everything back, whoever needs it; done when that has happened. */
    synchronized CompletableFuture<?> giveBack() {
        if (!engineGone) {
            for (Loan loan : loans.values()) {
                List.copyOf(loan.seen.keySet()).forEach(file -> unselect(loan, file));
                loan.then("queue", () -> queue(loan));
            }
        }
        return CompletableFuture.allOf(
                loans.values().stream()
                        .map(loan -> loan.last)
                        .toArray(CompletableFuture<?>[]::new));
    }

    private void unselect(Loan loan, int file) {
        loan.seen.remove(file);
        loan.then("deselect a file", () -> change(loan, file, one -> deselect(loan, one)));
    }

    /** Puts back what nobody needs any more. */
    synchronized void settle(Use use) {
        if (engineGone) {
            return;
        }
        for (Loan loan : List.copyOf(loans.values())) {
            int number = loan.torrent.number();
            for (int file : List.copyOf(loan.seen.keySet())) {
                if (!use.inUse(number, file)) {
                    unselect(loan, file);
                }
            }
            if (loan.seen.isEmpty() && loan.last.isDone()) {
                if (loan.forced) {
                    loan.then("queue", () -> queue(loan)); // back to its place in the queue
                } else {
                    loans.remove(number);
                }
            }
        }
    }

    private synchronized CompletionStage<?> queue(Loan loan) {
        if (!loan.forced) {
            return NOTHING;
        }
        loan.forced = false;
        return switch (loan.torrent.snapshot().state()) {
            case DOWNLOADING, METADATA -> loan.torrent.start();
            default -> NOTHING;
        };
    }
}
