package org.bittern.stream.remote.internal;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that brains have registered. Thread-safe.
 *
 * <p>A file belongs to the connection that registered it last. When that is lost the file stays
 * known, and requests for it fail with 503 until a brain registers it again.
 */
final class RemoteFiles implements FileCatalog, RangeBrain {
    private static final Logger log = LoggerFactory.getLogger(RemoteFiles.class);

    /** More are refused. */
    private static final int MOST_FILES = 100_000;

    /**
     * Windows that were granted can be cancelled too, and nobody says when one was read: as many as
     * streams may run, several times over, are remembered.
     */
    static final int MOST_ANSWERED = 50_000;

    /** A brain that has files begins to register them within this time of its connecting. */
    static final long BEGINS_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final List<Path> roots;
    private final LongSupplier nanos;
    private final Map<String, Entry> files = new ConcurrentHashMap<>();
    private final Map<UUID, BrainLink> asked = new ConcurrentHashMap<>(); // without a last word
    private final Map<UUID, BrainLink> answered = new Answered();
    private final Set<Consumer<String>> watchers = ConcurrentHashMap.newKeySet();

    private volatile boolean connected; // some brain, since the start
    private volatile boolean silent; // one came when there was no file, and has registered none
    private volatile long silentSince;

    private record Entry(StreamFile file, BrainLink link) {}

    /** Forgets the oldest first. Guarded by itself. */
    private static final class Answered extends LinkedHashMap<UUID, BrainLink> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, BrainLink> eldest) {
            return size() > MOST_ANSWERED;
        }
    }

    /**
     * Begins with none.
     *
     * @param roots files must lie below one of these; empty: anywhere
     */
    RemoteFiles(List<Path> roots, LongSupplier nanos) {
        this.roots = List.copyOf(roots);
        this.nanos = nanos;
    }

    /** A brain has connected. */
    void connected() {
        if (files.isEmpty()) {
            silentSince = nanos.getAsLong();
            silent = true;
        }
        connected = true;
    }

    void register(StreamFile file, BrainLink link) {
        take(file, link);
        connected = true;
        silent = false;
    }

    private void take(StreamFile file, BrainLink link) {
        boolean allowed = roots.isEmpty() || roots.stream().anyMatch(file.path()::startsWith);
        if (!allowed || (files.size() >= MOST_FILES && !files.containsKey(file.id()))) {
            log.warn("{} is not taken: {}", file.id(), allowed ? "too many" : "outside the roots");
            return;
        }
        Entry before = files.put(file.id(), new Entry(file, link));
        if (before != null && !isSameContent(before.file(), file)) {
            withdrawn(file.id()); // what runs would go on with another file
        }
    }

    /** A file that was moved, as one may be when it is complete, is the same one. */
    private static boolean isSameContent(StreamFile before, StreamFile now) {
        return before.lengthBytes() == now.lengthBytes() && before.etag().equals(now.etag());
    }

    void unregister(String fileId, BrainLink link) {
        Entry entry = files.get(fileId);
        if (entry != null && entry.link().equals(link) && files.remove(fileId, entry)) {
            withdrawn(fileId);
        }
    }

    private void withdrawn(String fileId) {
        watchers.forEach(watcher -> watcher.accept(fileId));
    }

    /** All connections end. */
    void close() {
        files.values().stream().map(Entry::link).distinct().forEach(BrainLink::close);
    }

    // ---- catalog

    @Override
    public CompletionStage<Optional<StreamFile>> find(String fileId) {
        Entry entry = files.get(fileId);
        return entry == null
                ? none(Optional.empty())
                : CompletableFuture.completedStage(Optional.of(entry.file()));
    }

    /** Nothing was found, which counts only once a brain has begun to say what there is. */
    private <T> CompletionStage<T> none(T nothing) {
        if (!connected) {
            return CompletableFuture.failedStage(
                    new NotReadyException(false, "no brain has connected yet"));
        }
        return silent && nanos.getAsLong() - silentSince < BEGINS_NANOS
                ? CompletableFuture.failedStage(
                        new NotReadyException(false, "the brain has not registered its files yet"))
                : CompletableFuture.completedStage(nothing);
    }

    @Override
    public CompletionStage<List<StreamFile>> files(Optional<String> group) {
        List<StreamFile> found =
                files.values().stream()
                        .map(Entry::file)
                        .filter(file -> group.isEmpty() || group.get().equals(file.group()))
                        .sorted(
                                Comparator.comparing(StreamFile::group)
                                        .thenComparing(StreamFile::name))
                        .toList();
        return found.isEmpty() ? none(found) : CompletableFuture.completedStage(found);
    }

    @Override
    public RangeBrain brain() {
        return this;
    }

    @Override
    public Runnable watch(Consumer<String> withdrawn) {
        watchers.add(withdrawn);
        return () -> watchers.remove(withdrawn);
    }

    // ---- brain

    @Override
    public void request(RangeRequest request, RangeListener answers) {
        Entry entry = files.get(request.fileId());
        if (entry == null) {
            answers.answer(
                    new RangeAnswer.Reject(OptionalInt.of(404), "the file was unregistered"));
            return;
        }
        UUID id = request.requestId();
        asked.put(id, entry.link());
        entry.link()
                .request(
                        request,
                        answer -> {
                            if (!(answer instanceof RangeAnswer.Block
                                    || answer instanceof RangeAnswer.Progress)) {
                                lastWord(id);
                            }
                            answers.answer(answer);
                        });
    }

    private void lastWord(UUID requestId) {
        BrainLink link = asked.remove(requestId);
        if (link != null) {
            synchronized (answered) {
                answered.put(requestId, link);
            }
        }
    }

    @Override
    public void cancel(UUID requestId) {
        BrainLink link = asked.remove(requestId);
        if (link == null) {
            synchronized (answered) {
                link = answered.remove(requestId);
            }
        }
        if (link != null) {
            link.cancel(requestId);
        }
    }

    /** The protocol has no word for it. */
    @Override
    public CompletionStage<Optional<BufferStatus>> status(String fileId) {
        return CompletableFuture.completedStage(Optional.empty());
    }
}
