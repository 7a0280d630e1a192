package org.bittern.settings.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a configuration and the settings of the engine equal. Fields are owned by the one worker
 * thread; everything else only posts to it.
 *
 * <p>ConfigAdmin tells of every configuration, in order and some time later, of ours as well. Ours
 * are known by their content and lead to nothing. One by somebody else is compared with the one
 * that it replaced: what differs is a wish, the rest only stood there.
 */
final class Mirror implements AutoCloseable {
    static final String PID = "org.bittern.settings";

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);

    private static final int ANSWER_SECONDS = 60;

    /** ConfigAdmin is never so far behind. */
    private static final int MOST_UNTOLD = 64;

    private final EngineHost host;
    private final ConfigurationAdmin admin;
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bt-settings").factory());
    private final Subscription engines;
    private Settings wished; // waits for an engine
    private final Deque<Settings> ours = new ArrayDeque<>(); // written, not told of yet
    private Settings told; // the configuration that ConfigAdmin told of last
    private @Nullable Subscription events; // null while no engine runs

    /**
     * Begins.
     *
     * @param begin what is configured already
     */
    Mirror(EngineHost host, ConfigurationAdmin admin, Settings begin) {
        this.host = host;
        this.admin = admin;
        wished = begin;
        told = begin;
        engines = host.watch(engine -> post(() -> follow(engine)));
        post(() -> follow(host.engine()));
    }

    /** Somebody has written a configuration. Returns at once. */
    void configured(Settings settings) {
        post(() -> {
            Settings before = told;
            told = settings;
            if (!isOurs(settings)) {
                wished = wished.overlaid(changed(settings, before));
                settle();
            }
        });
    }

    @Override
    public void close() {
        engines.close();
        worker.execute(this::forget);
        worker.shutdown();
    }

    private void post(Runnable task) {
        if (!worker.isShutdown()) {
            worker.execute(task);
        }
    }

    private void follow(Optional<Engine> engine) {
        forget();
        if (engine.isPresent()) {
            events = engine.get().subscribe(this::happened);
            settle();
        }
    }

    private void happened(EngineEvent event) {
        if (event instanceof EngineEvent.SettingsChanged || event instanceof EngineEvent.Missed) {
            post(this::settle);
        }
    }

    private void forget() {
        if (events != null) {
            events.close();
            events = null;
        }
    }

    /** Puts wishes in force, and writes down what is. */
    private void settle() {
        Optional<Engine> running = host.engine();
        if (running.isEmpty()) {
            return;
        }
        Engine engine = running.get();
        Settings changes = difference(wished, engine.settings());
        wished = Settings.EMPTY;
        if (!changes.keys().isEmpty()) {
            apply(engine, changes);
        }
        write(engine.settings());
    }

    private static void apply(Engine engine, Settings changes) {
        try {
            engine.apply(changes).toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            log.warn("{} not taken: {}", changes, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            log.warn("{}: the engine does not answer", changes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOurs(Settings settings) {
        if (!ours.contains(settings)) {
            return false;
        }
        while (!ours.removeFirst().equals(settings)) {
            // Written over before anybody was told of it.
        }
        return true;
    }

    private void write(Settings inForce) {
        Dictionary<String, Object> properties = Properties.of(inForce);
        ours.addLast(Properties.settings(properties));
        if (ours.size() > MOST_UNTOLD) {
            ours.removeFirst();
        }
        try {
            if (!admin.getConfiguration(PID, "?").updateIfDifferent(properties)) {
                ours.removeLast();
            }
        } catch (IOException | IllegalStateException e) {
            log.warn("configuration {} cannot be written: {}", PID, e.getMessage());
        }
    }

    /** The settings that stand there with another value, or did not stand there. */
    private static Settings changed(Settings settings, Settings there) {
        Settings changed = difference(settings, there);
        for (Setting<?> key : settings.keys()) {
            if (!there.has(key)) {
                changed = taken(changed, key, settings);
            }
        }
        return changed;
    }

    private static <T> Settings taken(Settings to, Setting<T> key, Settings settings) {
        return to.with(key, settings.get(key));
    }

    /** The settings that have another value than they have there. */
    private static Settings difference(Settings settings, Settings there) {
        Settings different = Settings.EMPTY;
        for (Setting<?> key : settings.keys()) {
            different = differing(different, key, settings, there);
        }
        return different;
    }

    private static <T> Settings differing(
            Settings to, Setting<T> key, Settings settings, Settings there) {
        T value = settings.get(key);
        return value.equals(there.get(key)) ? to : to.with(key, value);
    }
}
