package org.bittern.stream.local.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes torrents and files run and wanted as long as they are streamed, and then puts back what it
 * changed. Thread-safe.
 */
final class Selection {
    private static final Logger log = LoggerFactory.getLogger(Selection.class);

    /** What was changed of a torrent. */
    private static final class Loan {
        private final Torrent torrent;
        private final Set<Integer> seen = new HashSet<>(); // files that were looked at
        private final Set<Integer> selected = new HashSet<>(); // files that were not wanted
        private boolean forced; // it waited in the queue

        Loan(Torrent torrent) {
            this.torrent = torrent;
        }
    }

    private final Map<Integer, Loan> loans = new ConcurrentHashMap<>();

    /** Says whether a file of a torrent is being streamed. */
    @FunctionalInterface
    interface Use {
        boolean inUse(int torrent, int file);
    }

    /** Somebody waits for a file. */
    void needed(Torrent torrent, int file) {
        Loan loan = loans.computeIfAbsent(torrent.number(), number -> new Loan(torrent));
        synchronized (loan) { // a few maps of one torrent; callers are virtual threads
            TorrentState state = torrent.snapshot().state();
            if (state == TorrentState.PAUSED) {
                said(torrent.start(), "start");
            } else if (state == TorrentState.DOWNLOAD_QUEUED) {
                loan.forced = true;
                said(torrent.startNow(), "start");
            }
            if (!loan.seen.add(file)) {
                return;
            }
        }
        var _ =
                torrent.files()
                        .thenAccept(files ->
                                files.stream()
                                        .filter(one -> one.index() == file)
                                        .forEach(one -> select(loan, one)));
    }

    private static void select(Loan loan, FileSnapshot file) {
        if (file.priority() == Priority.SKIP) {
            synchronized (loan) {
                loan.selected.add(file.index());
            }
            said(
                    loan.torrent.setFilePriorities(Map.of(file.index(), Priority.LOW)),
                    "select a file");
        }
    }

    /** Puts back what nobody needs any more. */
    void settle(Use use) {
        for (Loan loan : List.copyOf(loans.values())) {
            int number = loan.torrent.number();
            synchronized (loan) {
                Map<Integer, Priority> back = new HashMap<>();
                loan.seen.removeIf(file -> {
                    boolean over = !use.inUse(number, file);
                    if (over && loan.selected.remove(file)) {
                        back.put(file, Priority.SKIP);
                    }
                    return over;
                });
                if (!back.isEmpty()) {
                    deselect(loan.torrent, back);
                }
                if (loan.seen.isEmpty()) {
                    loans.remove(number, loan);
                    if (loan.forced
                            && loan.torrent.snapshot().state() == TorrentState.DOWNLOADING) {
                        said(loan.torrent.start(), "queue"); // back to its place in the queue
                    }
                }
            }
        }
    }

    /** Unless the user has given it another priority meanwhile. */
    private static void deselect(Torrent torrent, Map<Integer, Priority> back) {
        var _ =
                torrent.files()
                        .thenAccept(files -> {
                            Map<Integer, Priority> unchanged = new HashMap<>();
                            for (FileSnapshot file : files) {
                                if (back.containsKey(file.index())
                                        && file.priority() == Priority.LOW) {
                                    unchanged.put(file.index(), Priority.SKIP);
                                }
                            }
                            if (!unchanged.isEmpty()) {
                                said(torrent.setFilePriorities(unchanged), "deselect files");
                            }
                        });
    }

    private static void said(CompletionStage<?> stage, String what) {
        var _ =
                stage.whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("cannot {}: {}", what, failure.toString());
                    }
                });
    }
}
