package org.bittern.stream.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All catalogs that there are at the moment. Thread-safe; questions block the (virtual) thread. */
final class Catalogs {
    private static final Logger log = LoggerFactory.getLogger(Catalogs.class);
    private static final int ANSWER_SECONDS = 10;

    private final Map<FileCatalog, Runnable> catalogs = new ConcurrentHashMap<>();
    private final Consumer<String> withdrawn;

    /** Begins with none; {@code withdrawn} is told of files that are no longer offered. */
    Catalogs(Consumer<String> withdrawn) {
        this.withdrawn = withdrawn;
    }

    /**
     * A file and whoever decides about it.
     *
     * @param brain of the catalog that offers it
     * @param again looks where the file is now: it may have been moved
     */
    record Entry(StreamFile file, RangeBrain brain, Supplier<Optional<StreamFile>> again) {}

    void add(FileCatalog catalog) {
        catalogs.put(catalog, catalog.watch(withdrawn));
    }

    void remove(FileCatalog catalog) {
        Runnable watch = catalogs.remove(catalog);
        if (watch != null) {
            watch.run();
        }
    }

    /**
     * Looks a file up.
     *
     * @throws NotReadyException while no catalog offers it, and one may do so later
     */
    Optional<Entry> find(String fileId) {
        NotReadyException later = catalogs.isEmpty() ? none() : null;
        for (FileCatalog catalog : catalogs.keySet()) {
            try {
                Optional<StreamFile> file = told(catalog.find(fileId));
                if (file.isPresent()) {
                    return Optional.of(
                            new Entry(file.get(), catalog.brain(), () -> again(catalog, fileId)));
                }
            } catch (NotReadyException e) {
                later = e;
            }
        }
        if (later != null) {
            throw later;
        }
        return Optional.empty();
    }

    private static Optional<StreamFile> again(FileCatalog catalog, String fileId) {
        try {
            return told(catalog.find(fileId));
        } catch (NotReadyException e) {
            return Optional.empty();
        }
    }

    /** Somebody waits for a file that is still coming. */
    void awaited(String fileId) {
        catalogs.keySet().forEach(catalog -> catalog.awaited(fileId));
    }

    /**
     * The files of a group, or of all groups.
     *
     * @throws NotReadyException when there are none, and somebody cannot tell
     */
    List<StreamFile> files(Optional<String> group) {
        List<StreamFile> all = new ArrayList<>();
        NotReadyException later = catalogs.isEmpty() ? none() : null;
        for (FileCatalog catalog : catalogs.keySet()) {
            try {
                all.addAll(told(catalog.files(group)));
            } catch (NotReadyException e) {
                later = e;
            }
        }
        if (all.isEmpty() && later != null) {
            throw later;
        }
        return all;
    }

    private static NotReadyException none() {
        return new NotReadyException(false, "no brain is there");
    }

    private static <T> T told(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof NotReadyException later) {
                throw later;
            }
            log.warn("a catalog does not answer: {}", String.valueOf(e.getCause()));
            throw new NotReadyException(false, "a catalog does not answer");
        }
    }
}
