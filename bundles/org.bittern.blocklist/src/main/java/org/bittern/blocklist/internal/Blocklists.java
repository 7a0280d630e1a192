package org.bittern.blocklist.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Downloads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force and how they change. Thread-safe: questions read one volatile field; a lock,
 * since it is held while files are read, lets one change happen at a time.
 */
final class Blocklists implements IpFilter, SessionPart, Blocklist {
    /** A list is not larger than this as it is fetched. */
    static final long MAX_FETCHED_BYTES = 64L << 20;

    private static final Duration FETCH_TIME = Duration.ofMinutes(5);
    private static final Logger log = LoggerFactory.getLogger(Blocklists.class);

    private final Downloads downloads;
    private final Executor worker;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable CompletableFuture<Update>> updating =
            new AtomicReference<>();
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Path> directory = Optional.empty();
    private Object stamp = List.of();
    private volatile String url = "";
    private volatile boolean enabled;
    private volatile boolean obeyed; // written after all that it tells of
    private volatile IpRanges ranges = IpRanges.NONE;

    /**
     * Block lists.
     *
     * @param worker runs updates, which block
     */
    Blocklists(Downloads downloads, Executor worker) {
        this.downloads = downloads;
        this.worker = worker;
    }

    // ---- IpFilter

    @Override
    public boolean blocks(InetAddress address) {
        return enabled && ranges.contain(address);
    }

    @Override
    public boolean ready() {
        return obeyed;
    }

    @Override
    public int rules() {
        return enabled ? ranges.rules() : 0;
    }

    @Override
    public Subscription onChange(Runnable changed) {
        listeners.add(changed);
        return () -> listeners.remove(changed);
    }

    // ---- SessionPart

    @Override
    public void obey(Settings settings, Optional<Path> place) {
        lock.lock();
        try {
            url = settings.get(NetworkSettings.BLOCKLIST_URL).strip();
            boolean wanted = settings.get(NetworkSettings.BLOCKLIST_ENABLED);
            boolean changed = wanted != enabled;
            if (!place.equals(directory) || !stampOf(place).equals(stamp)) {
                directory = place;
                load();
                changed = true;
            }
            enabled = wanted;
            obeyed = true;
            if (changed) {
                tell();
            }
        } finally {
            lock.unlock();
        }
    }

    private static Object stampOf(Optional<Path> place) {
        return place.map(path -> new ListFolder(path).stamp()).orElse(List.of());
    }

    private void load() {
        stamp = stampOf(directory);
        ranges = directory.map(path -> new ListFolder(path).read()).orElse(IpRanges.NONE);
        if (ranges.rules() > 0) {
            log.info("block lists: {} rules in {} ranges", ranges.rules(), ranges.size());
        }
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    // ---- Blocklist

    @Override
    public int loadedRules() {
        return ranges.rules();
    }

    @Override
    public CompletionStage<Update> update() {
        CompletableFuture<Update> fresh = new CompletableFuture<>();
        CompletableFuture<Update> running = updating.compareAndExchange(null, fresh);
        if (running != null) {
            return running.minimalCompletionStage();
        }
        worker.execute(() -> {
            Optional<String> problem = Optional.of("the update failed for a reason of our own");
            try {
                problem = fetched();
            } finally {
                updating.set(null);
                fresh.complete(new Update(ranges.rules(), problem));
            }
        });
        return fresh.minimalCompletionStage();
    }

    /** Returns what went wrong. */
    private Optional<String> fetched() {
        String from = url;
        if (from.isEmpty()) {
            return Optional.of(NetworkSettings.BLOCKLIST_URL.name() + " is not set");
        }
        try {
            fetch(from);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void fetch(String from) throws IOException {
        Optional<Path> place = place();
        Path folder = place.isPresent() ? place.get() : Files.createTempDirectory("bittern-");
        try {
            new ListFolder(folder)
                    .fetch(out -> downloads.fetch(from, MAX_FETCHED_BYTES, FETCH_TIME, out));
            replace(folder, place);
        } finally {
            if (place.isEmpty()) {
                new ListFolder(folder).delete();
            }
        }
    }

    private Optional<Path> place() {
        lock.lock();
        try {
            return directory;
        } finally {
            lock.unlock();
        }
    }

    private void replace(Path folder, Optional<Path> place) {
        lock.lock();
        try {
            if (place.isEmpty()) {
                ranges = new ListFolder(folder).read();
            } else if (place.equals(directory)) {
                load();
            }
            tell();
        } finally {
            lock.unlock();
        }
    }
}
