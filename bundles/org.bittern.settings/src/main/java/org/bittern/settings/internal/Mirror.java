package org.bittern.settings.internal;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a configuration and the settings of the engine equal. Fields are owned by the one worker
 * thread; everything else only posts to it.
 *
 * <p>ConfigAdmin tells of configurations some time later, and of one that was written over
 * meanwhile it never tells what stood there. So what it tells is only the occasion to look: what
 * stands there and did not stand there before is a wish. It is written only when the engine has
 * something else, and not before a last look, because ConfigAdmin has no compare-and-set: between
 * that look and the end of the writing, somebody's configuration can still be lost.
 */
final class Mirror implements AutoCloseable {
    static final String PID = "org.bittern.settings";

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);

    private static final int ANSWER_SECONDS = 60;

    private final EngineHost host;
    private final ConfigurationAdmin admin;
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bt-settings").factory());
    private final Subscription engines;
    private Settings wished = Settings.EMPTY; // waits for an engine
    private Settings standing = Settings.EMPTY; // the configuration as last seen or written
    private @Nullable Subscription events; // null while no engine runs

    /** Begins. What is configured already is a wish. */
    Mirror(EngineHost host, ConfigurationAdmin admin) {
        this.host = host;
        this.admin = admin;
        engines = host.watch(engine -> post(() -> follow(engine)));
        post(() -> follow(host.engine()));
    }

    /** Somebody has written a configuration. Returns at once. */
    void configured() {
        post(this::settle);
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
        }
        settle();
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
        try {
            Configuration configuration = admin.getConfiguration(PID, "?");
            look(configuration.getProperties());
            Optional<Engine> running = host.engine();
            if (running.isPresent()) {
                satisfy(running.get());
                write(configuration, running.get().settings());
            }
        } catch (IOException e) {
            log.warn("configuration {} cannot be kept: {}", PID, e.getMessage());
        } catch (IllegalStateException e) {
            log.debug("ConfigAdmin has gone, and whoever follows it looks again", e);
        }
    }

    /** Takes what somebody has configured for wishes. Returns whether anybody has. */
    private boolean look(@Nullable Dictionary<String, Object> properties) {
        Settings there = read(properties);
        if (there.equals(standing)) {
            return false;
        }
        wished = wished.overlaid(changed(there, standing));
        standing = there;
        return true;
    }

    /** What stands there; as before if that is no settings, of which the writer has been told. */
    private Settings read(@Nullable Dictionary<String, Object> properties) {
        try {
            return properties == null ? Settings.EMPTY : Properties.settings(properties);
        } catch (EngineException e) {
            return standing;
        }
    }

    private void satisfy(Engine engine) {
        Settings changes = difference(wished, engine.settings());
        wished = Settings.EMPTY;
        if (changes.keys().isEmpty()) {
            return;
        }
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

    private void write(Configuration configuration, Settings inForce) throws IOException {
        Dictionary<String, Object> properties = Properties.of(inForce);
        Dictionary<String, Object> there = configuration.getProperties();
        if (look(there)) {
            post(this::settle);
        } else if (there == null || !Properties.areSame(properties, there)) {
            configuration.update(properties);
            standing = Properties.settings(properties);
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
