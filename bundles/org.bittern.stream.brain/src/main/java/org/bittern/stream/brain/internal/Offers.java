package org.bittern.stream.brain.internal;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.StreamFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that one connection has registered. Used by the thread of its {@link Conversation},
 * which waits for the catalog; {@link #has} by any.
 */
final class Offers {
    private static final Logger log = LoggerFactory.getLogger(Offers.class);
    private static final int ANSWER_SECONDS = 10;

    private final FileCatalog catalog;
    private final Map<String, StreamFile> files = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> groups = new HashMap<>(); // ids of the files of each

    Offers(FileCatalog catalog) {
        this.catalog = catalog;
    }

    /** Takes what is to be said. */
    @FunctionalInterface
    interface Speech {
        void say(Statement statement) throws IOException, InterruptedException;
    }

    /** Whether a file is registered. */
    boolean has(String fileId) {
        return files.containsKey(fileId);
    }

    /** The group of a file that is registered. */
    Optional<String> group(String fileId) {
        return Optional.ofNullable(files.get(fileId)).map(StreamFile::group);
    }

    /**
     * Says what is different in the catalog by now.
     *
     * @param group empty: all
     */
    void look(Optional<String> group, Speech speech) throws IOException, InterruptedException {
        List<StreamFile> listed;
        try {
            listed = answer(catalog.files(group));
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof NotReadyException) {
                log.debug("all files stay: {}", reason(e)); // it tells when it can
            } else {
                log.warn("the catalog does not answer: {}", reason(e));
            }
            return;
        }
        Set<String> unlisted = new HashSet<>(known(group));
        for (StreamFile file : listed) {
            unlisted.remove(file.id());
            offer(file, speech);
        }
        for (String fileId : unlisted) {
            lookAgain(fileId, speech);
        }
    }

    private Set<String> known(Optional<String> group) {
        return group.isEmpty() ? files.keySet() : groups.getOrDefault(group.get(), Set.of());
    }

    private void offer(StreamFile file, Speech speech) throws IOException, InterruptedException {
        if (!file.equals(files.put(file.id(), file))) {
            groups.computeIfAbsent(file.group(), _ -> new HashSet<>()).add(file.id());
            speech.say(new Statement.Register(file));
        }
    }

    /** No list is complete while an engine is replaced: only a clear answer counts. */
    private void lookAgain(String fileId, Speech speech) throws IOException, InterruptedException {
        Optional<StreamFile> there;
        try {
            there = answer(catalog.find(fileId));
        } catch (ExecutionException | TimeoutException e) {
            log.debug("{} stays: {}", fileId, reason(e));
            return;
        }
        if (there.isPresent()) {
            offer(there.get(), speech);
        } else {
            withdraw(fileId);
            speech.say(new Statement.Unregister(fileId));
        }
    }

    private void withdraw(String fileId) {
        StreamFile file = files.remove(fileId);
        if (file != null) {
            groups.computeIfPresent(
                    file.group(),
                    (_, ids) -> {
                        ids.remove(fileId);
                        return ids.isEmpty() ? null : ids;
                    });
        }
    }

    private static <T> T answer(CompletionStage<T> stage)
            throws ExecutionException, TimeoutException, InterruptedException {
        return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private static String reason(Exception e) {
        return e.getCause() == null
                ? "not within " + ANSWER_SECONDS + " s"
                : String.valueOf(e.getCause());
    }
}
