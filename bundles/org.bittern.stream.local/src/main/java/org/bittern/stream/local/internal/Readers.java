package org.bittern.stream.local.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bittern.api.engine.Torrent;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.RangeAnswer;
import org.jspecify.annotations.Nullable;

/**
 * All readers of the torrents of this process. Thread-safe by a lock: requests come on the threads
 * of clients, answers on those of the engine.
 *
 * <p>A reader whose client has gone needs nothing from that moment on. One that is silent for
 * {@link #RESTS_AFTER_NANOS} does not either: it has what it was granted. Both are remembered for
 * {@link #FORGOTTEN_AFTER_NANOS}, so that a player that comes back is known to play.
 */
final class Readers {
    static final long RESTS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(60);
    static final long FORGOTTEN_AFTER_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** More are not remembered; the oldest that rests goes first. */
    private static final int MOST = 20_000;

    private final LongSupplier nanos;
    private final Selection selection;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Reader> readers = new ArrayList<>();
    private final Map<Integer, Long> withoutMetadata = new HashMap<>(); // torrent → asked for last

    /** Windows of which nobody has told yet what is there of them; who is cancelled leaves. */
    private final Set<UUID> undecided = new HashSet<>();

    Readers(LongSupplier nanos, Selection selection) {
        this.nanos = nanos;
        this.selection = selection;
    }

    // ---- requests

    /** A window is asked for; what is there of it will be told. */
    void begin(UUID requestId) {
        locked(() -> undecided.add(requestId));
    }

    /** What is there of the window is known; whether its client still waits. */
    boolean decided(UUID requestId) {
        lock.lock();
        try {
            return undecided.remove(requestId);
        } finally {
            lock.unlock();
        }
    }

    /** Part of the file is there; whether anybody still waits for it. */
    boolean granted(TorrentBrain.Case asked, long end) {
        lock.lock();
        try {
            if (!undecided.remove(asked.request().requestId())) {
                return false;
            }
            Reader reader = reader(asked);
            if (!asked.torrent().snapshot().progress().complete()) {
                var _ = need(reader, asked);
            }
            reader.granted(end);
            reader.touch(nanos.getAsLong());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Not all of the window is there. */
    void block(TorrentBrain.Case asked) {
        CompletionStage<OptionalInt> there;
        Reader reader;
        lock.lock();
        try {
            if (!undecided.remove(asked.request().requestId())) {
                return; // the client has gone, and nothing would end what is asked for it
            }
            reader = reader(asked);
            there = need(reader, asked);
            reader.block();
        } finally {
            lock.unlock();
        }
        asked.answers().answer(new RangeAnswer.Block());
        selection.needed(asked.torrent(), asked.file().index());
        var _ = there.whenComplete((last, failure) -> arrived(reader, asked, last));
    }

    private void arrived(Reader reader, TorrentBrain.Case asked, @Nullable OptionalInt last) {
        lock.lock();
        try {
            if (!reader.requestId().equals(asked.request().requestId())
                    || reader.unblock().isEmpty()) {
                return; // replaced, cancelled or rejected
            }
            reader.touch(nanos.getAsLong());
            if (last != null && last.isPresent()) {
                reader.granted(asked.readable(last.getAsInt()));
            }
        } finally {
            lock.unlock();
        }
        if (last == null) {
            asked.answers().answer(TorrentBrain.reject(503, "the torrent or its engine is gone"));
        } else if (last.isPresent()) {
            long end = asked.readable(last.getAsInt());
            asked.answers().answer(new RangeAnswer.Ready(OptionalLong.of(end)));
        }
    }

    private Reader reader(TorrentBrain.Case asked) {
        Reader found = null;
        for (Reader reader : readers) {
            if (reader.continuedBy(asked.file(), asked.request())
                    && reader.torrent().number() == asked.torrent().number()) {
                found = reader; // the latest one of several
            }
        }
        if (found != null) {
            found.move(asked.request(), asked.answers());
            return found;
        }
        Reader fresh = new Reader(asked.file(), asked.torrent(), asked.request(), asked.answers());
        fresh.touch(nanos.getAsLong());
        if (readers.size() >= MOST) {
            readers.stream().filter(Reader::resting).findFirst().ifPresent(readers::remove);
        }
        readers.add(fresh);
        return fresh;
    }

    private CompletionStage<OptionalInt> need(Reader reader, TorrentBrain.Case asked) {
        return reader.need(
                ReadAhead.of(
                        asked.map(),
                        asked.file().index(),
                        asked.request().start(),
                        asked.request().end(),
                        reader.contiguous()),
                nanos.getAsLong());
    }

    /** Somebody waits for the files of a torrent to be known. */
    void awaitMetadata(Torrent torrent) {
        locked(() -> {
            withoutMetadata.put(torrent.number(), nanos.getAsLong());
            selection.needed(torrent, Selection.NO_FILE);
        });
    }

    /** The client has gone. */
    void cancel(UUID requestId) {
        locked(() -> {
            undecided.remove(requestId);
            for (Reader reader : readers) {
                if (reader.requestId().equals(requestId)) {
                    reader.rest();
                    reader.touch(nanos.getAsLong());
                }
            }
        });
    }

    // ---- time

    /**
     * Once a second: tells of progress and hindrances, keeps what is waited for running, and lets
     * idle readers rest.
     */
    void pulse() {
        List<Runnable> answers = new ArrayList<>();
        locked(() -> {
            long now = nanos.getAsLong();
            for (Reader reader : List.copyOf(readers)) {
                if (reader.waiting()) {
                    look(reader, answers);
                } else if (!reader.resting() && now - reader.activeNanos() >= RESTS_AFTER_NANOS) {
                    reader.rest();
                }
                if (reader.resting()
                        && !reader.waiting()
                        && now - reader.activeNanos() >= FORGOTTEN_AFTER_NANOS) {
                    readers.remove(reader);
                }
            }
            remindSelection();
            withoutMetadata.values().removeIf(asked -> now - asked >= RESTS_AFTER_NANOS);
            selection.settle((torrent, file) -> inUse(torrent, file, now));
        });
        answers.forEach(Runnable::run);
    }

    /** Once for each file, however many wait for it. */
    private void remindSelection() {
        Map<FileId, Torrent> waitedFor = new HashMap<>();
        for (Reader reader : readers) {
            if (reader.waiting()) {
                waitedFor.put(reader.file(), reader.torrent());
            }
        }
        waitedFor.forEach((file, torrent) -> selection.needed(torrent, file.index()));
    }

    /** Also for a while after the client has gone: a player that seeks is away for a moment. */
    private boolean inUse(int torrent, int file, long now) {
        if (file == Selection.NO_FILE) {
            return withoutMetadata.containsKey(torrent);
        }
        return readers.stream()
                .anyMatch(reader ->
                        reader.torrent().number() == torrent
                                && reader.file().index() == file
                                && (!reader.resting()
                                        || now - reader.activeNanos() < RESTS_AFTER_NANOS));
    }

    private void look(Reader reader, List<Runnable> answers) {
        Optional<String> hindrance = TorrentBrain.hindrance(reader.torrent().snapshot());
        if (hindrance.isPresent()) {
            reader.unblock();
            reader.rest();
            answers.add(() -> reader.tell(TorrentBrain.reject(503, hindrance.get())));
            return;
        }
        UUID window = reader.requestId();
        reader.gathered()
                .ifPresent(gathered ->
                        answers.add(() -> {
                            var _ = gathered.thenAccept(bytes -> grown(reader, window, bytes));
                        }));
    }

    /** What comes for others is no progress for who waits. */
    private void grown(Reader reader, UUID window, long bytes) {
        boolean[] more = new boolean[1];
        locked(() ->
                more[0] =
                        reader.waiting()
                                && reader.requestId().equals(window)
                                && reader.grown(bytes));
        if (more[0]) {
            reader.tell(new RangeAnswer.Progress());
        }
    }

    /**
     * Ends all readers of a torrent, or of all of them.
     *
     * @param torrent number; empty: all
     * @param withdrawn is told each file that had a reader
     */
    void drop(OptionalInt torrent, String reason, Consumer<String> withdrawn) {
        List<Runnable> answers = new ArrayList<>();
        locked(() -> {
            for (Reader reader : List.copyOf(readers)) {
                if (torrent.isEmpty() || torrent.getAsInt() == reader.torrent().number()) {
                    readers.remove(reader);
                    if (reader.unblock().isPresent()) {
                        answers.add(() -> reader.tell(TorrentBrain.reject(503, reason)));
                    }
                    reader.rest();
                    answers.add(() -> withdrawn.accept(reader.file().toString()));
                }
            }
        });
        answers.forEach(Runnable::run);
    }

    // ---- looking

    List<BufferStatus.Bytes> waitingFor(FileId file) {
        List<BufferStatus.Bytes> windows = new ArrayList<>();
        locked(() -> {
            for (Reader reader : readers) {
                if (reader.file().equals(file) && reader.waiting()) {
                    windows.add(
                            new BufferStatus.Bytes(reader.window().start(), reader.window().end()));
                }
            }
        });
        return windows;
    }

    int count(FileId file) {
        int[] count = new int[1];
        locked(() -> {
            for (Reader reader : readers) {
                count[0] += reader.file().equals(file) && !reader.resting() ? 1 : 0;
            }
        });
        return count[0];
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
