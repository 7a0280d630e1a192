package org.bittern.stream.brain.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;

/** A catalog whose files the test decides about, and a brain that answers when the test does. */
final class FakeCatalog implements FileCatalog, RangeBrain {
    private final Map<String, StreamFile> files = new ConcurrentHashMap<>();
    private final Set<Consumer<String>> watchers = ConcurrentHashMap.newKeySet();
    private final Set<Consumer<Optional<String>>> groupWatchers = ConcurrentHashMap.newKeySet();
    private final Map<UUID, RangeListener> listeners = new HashMap<>();
    final List<RangeRequest> asked = new ArrayList<>();
    final List<UUID> cancelled = new CopyOnWriteArrayList<>();
    final Semaphore refusals = new Semaphore(0); // one for each file that nobody could tell about
    volatile boolean ready = true;

    static StreamFile file(String id, String path) {
        return new StreamFile(
                id,
                "group",
                "A group",
                Path.of(path),
                id + ".mkv",
                100,
                Optional.empty(),
                "tag-" + id,
                Instant.EPOCH);
    }

    void put(String id, String path) {
        files.put(id, file(id, path));
        groupChanged();
    }

    void remove(String id) {
        files.remove(id);
        groupChanged();
    }

    void groupChanged() {
        groupWatchers.forEach(watcher -> watcher.accept(Optional.of("group")));
    }

    void withdrawn(String id) {
        watchers.forEach(watcher -> watcher.accept(id));
    }

    boolean isWatched() {
        return !watchers.isEmpty() || !groupWatchers.isEmpty();
    }

    void answer(UUID requestId, RangeAnswer answer) {
        RangeListener listener = listeners.get(requestId);
        if (listener == null) {
            throw new AssertionError("not asked: " + requestId);
        }
        listener.answer(answer);
    }

    @Override
    public CompletionStage<Optional<StreamFile>> find(String fileId) {
        if (ready) {
            return CompletableFuture.completedStage(Optional.ofNullable(files.get(fileId)));
        }
        refusals.release();
        return CompletableFuture.failedStage(new NotReadyException(false, "not now"));
    }

    @Override
    public CompletionStage<List<StreamFile>> files(Optional<String> group) {
        return CompletableFuture.completedStage(
                ready
                        ? files.values().stream()
                                .filter(file -> group.isEmpty() || group.get().equals(file.group()))
                                .toList()
                        : List.of());
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

    @Override
    public Runnable watchGroups(Consumer<Optional<String>> changed) {
        groupWatchers.add(changed);
        return () -> groupWatchers.remove(changed);
    }

    @Override
    public void request(RangeRequest request, RangeListener answers) {
        asked.add(request);
        listeners.put(request.requestId(), answers);
    }

    @Override
    public void cancel(UUID requestId) {
        cancelled.add(requestId);
    }

    @Override
    public CompletionStage<Optional<BufferStatus>> status(String fileId) {
        throw new UnsupportedOperationException();
    }
}
