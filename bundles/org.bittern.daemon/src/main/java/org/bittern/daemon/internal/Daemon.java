package org.bittern.daemon.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.web.Listening;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Starts the engine on the data directory, and the server beside it, but opens the door only then:
 * nobody is answered before all torrents are there. Hands the settings of HTTP to the bundles that
 * serve it whenever they change.
 */
@Component(
        service = {},
        immediate = true)
public final class Daemon {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    /** Framework properties of the launcher. */
    private static final String ARGUMENTS = "bittern.args";

    private static final String DATA = "bittern.data";
    private static final int START_SECONDS = 120;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How long there may be no engine while bundles are replaced, until the process gives up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Set<EngineException.Code> PASSING =
            EnumSet.of(
                    EngineException.Code.ENGINE_ALREADY_RUNNING,
                    EngineException.Code.ENGINE_NOT_RUNNING,
                    EngineException.Code.UNSUPPORTED);

    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;

    private static final Set<String> RPC_NAMES = names(RpcSettings.ALL);

    private final InstantSource clock = InstantSource.system();
    private final EngineHost host;
    private final ProcessControl process;
    private final Path data;
    private final SettingsFile settingsFile;
    private final ServiceNotice notice =
            new ServiceNotice(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")));
    private final HangUp hangUp;
    private final PublishedSettings settings; // owned by publish
    private final Subscription engines;
    private final Object following = new Object();
    private final String version;
    private final Bundle framework;
    private final Thread starting;
    private volatile boolean closed;
    private volatile @Nullable DoorSettings door; // null before the arguments are read
    private @Nullable Subscription events; // null while no engine runs; owned by follow

    /** Begins at once, on a thread of its own. */
    @Activate
    public Daemon(
            BundleContext context,
            @Reference EngineHost host,
            @Reference ProcessControl process,
            @Reference ConfigurationAdmin admin) {
        this.host = host;
        this.process = process;
        settings = new PublishedSettings(admin);
        data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA), "."));
        settingsFile = new SettingsFile(data);
        String joined = Objects.requireNonNullElse(context.getProperty(ARGUMENTS), "");
        String[] words = joined.isEmpty() ? new String[0] : joined.split("\u001f", -1);
        Version own = context.getBundle().getVersion();
        framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        version = "Bittern %d.%d.%d".formatted(own.getMajor(), own.getMinor(), own.getMicro());
        engines = host.watch(changed -> follow());
        follow(); // one may have outlived an update of this bundle
        starting = Thread.ofVirtual().name("bt-daemon").start(() -> start(words));
        hangUp = HangUp.handledBy(this::reload);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindListening(Listening server) {
        System.out.println("listening at " + server.roots().getFirst());
        System.out.flush();
        ready();
    }

    private void ready() {
        notice.send("READY=1\nMAINPID=" + ProcessHandle.current().pid());
    }

    /** Another one follows, or the process ends. */
    void unbindListening(Listening server) {
        log.debug("no longer listening at {}", server.roots());
    }

    @Deactivate
    void close() {
        closed = true;
        starting.interrupt(); // it may wait for an engine that its successor will start
        if (framework.getState() == Bundle.STOPPING) {
            // Else another one follows, and systemd would wait for an end, and kill us.
            notice.send("STOPPING=1");
        }
        hangUp.close();
        engines.close();
        follow();
    }

    private void start(String[] words) {
        Options options = new Options();
        // Without words there is nothing to read: picocli would take a part of the start for it.
        if (words.length > 0 && !read(words, options)) {
            return;
        }
        door = new DoorSettings(options, data, Optional.ofNullable(System.getenv("BITTERN_TOKEN")));
        try {
            if (host.engine().isEmpty()) {
                // The server takes as long to start as the engine does: they do it side by side.
                publish(settingsFile.read(), false);
            }
            Settings inForce = engine().settings();
            publish(inForce, true);
            if (!inForce.get(RpcSettings.ENABLED)) {
                ready(); // nothing is going to listen
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException refusal) {
                end(EXIT_FAILURE, String.valueOf(refusal.getMessage()));
            } else {
                log.error("the engine failed", e);
                end(EXIT_FAILURE, "the engine failed");
            }
        } catch (IOException e) {
            end(EXIT_FAILURE, String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            end(EXIT_FAILURE, "no engine after %d s".formatted(START_SECONDS));
        } catch (IllegalStateException e) {
            if (!closed) { // after that the services of this component are no longer ours
                throw e;
            }
            log.debug("stopped while it started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Fills in what was typed; prints what can be typed, or what this is, if that was asked.
     *
     * @return whether to go on; else the process ends
     */
    private boolean read(String[] words, Options options) {
        CommandLine line = new CommandLine(options).setExpandAtFiles(false);
        line.getCommandSpec().version(version);
        boolean helped;
        try {
            helped = CommandLine.printHelpIfRequested(line.parseArgs(words));
        } catch (CommandLine.ParameterException e) {
            end(EXIT_USAGE, String.valueOf(e.getMessage()));
            return false;
        }
        if (helped) {
            process.exit(0);
            return false;
        }
        Optional<String> problem = options.problem();
        problem.ifPresent(why -> end(EXIT_USAGE, why));
        return problem.isEmpty();
    }

    /**
     * A new engine; or the one that outlived an update of this bundle. While bundles are replaced
     * there may be none for a moment.
     */
    private Engine engine()
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        Instant end = clock.instant().plus(PATIENCE);
        while (true) {
            try {
                return host.start(new EngineHost.EngineStart(defaults(), Optional.of(data)))
                        .toCompletableFuture()
                        .get(START_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!mayPass(e.getCause()) || clock.instant().isAfter(end)) {
                    throw e;
                }
                Optional<Engine> running = host.engine();
                if (running.isPresent()) {
                    return running.get();
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** There is one already; there is none yet; or it lacks a part. */
    private static boolean mayPass(@Nullable Throwable cause) {
        return cause instanceof EngineException refusal && PASSING.contains(refusal.code());
    }

    /**
     * What the settings do not say: files go below the data directory, not into the current one.
     */
    private Settings defaults() throws IOException {
        return settingsFile.read().has(EngineSettings.DOWNLOAD_DIR)
                ? Settings.EMPTY
                : Settings.EMPTY.with(
                        EngineSettings.DOWNLOAD_DIR, data.resolve("downloads").toString());
    }

    /** Looks what engine there is now: whoever tells of one may be late. */
    private void follow() {
        synchronized (following) { // told on threads of the host, and asked on that of SCR
            forget();
            if (!closed) {
                host.engine().ifPresent(running -> events = running.subscribe(this::happened));
            }
        }
    }

    private void happened(EngineEvent event) {
        boolean ours =
                event instanceof EngineEvent.SettingsChanged changed
                        && changed.keys().stream().anyMatch(RPC_NAMES::contains);
        if (ours || event instanceof EngineEvent.Missed) {
            host.engine().ifPresent(engine -> publish(engine.settings(), true));
        }
    }

    private synchronized void publish(Settings inForce, boolean open) {
        DoorSettings current = door;
        if (current == null) {
            return;
        }
        Map<String, Map<String, Object>> wanted = current.configurations(inForce, open);
        for (String pid : DoorSettings.PIDS) {
            try {
                Map<String, Object> properties = wanted.get(pid);
                if (properties != null) {
                    settings.put(pid, properties);
                } else if (pid.equals(DoorSettings.DOOR)) {
                    settings.remove(pid); // closed, whatever was typed for it
                } else {
                    settings.retract(pid);
                }
            } catch (IOException e) {
                log.warn("cannot configure {}: {}", pid, e.getMessage());
            }
        }
    }

    /** SIGHUP: what was written into {@code settings.json} by hand is put in force. */
    private void reload() {
        Optional<Engine> engine = host.engine();
        if (engine.isEmpty()) {
            return;
        }
        notice.send("RELOADING=1");
        try {
            Settings stored = settingsFile.read();
            engine.get().apply(stored).toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
            log.info("settings read again");
        } catch (TimeoutException e) {
            log.error("settings are not in force after {} s", START_SECONDS);
        } catch (IOException e) {
            log.error("settings stay as they were: {}", e.getMessage());
        } catch (ExecutionException e) {
            log.error("settings stay as they were: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        notice.send("READY=1");
    }

    private void forget() {
        Subscription subscribed = events;
        if (subscribed != null) {
            subscribed.close();
            events = null;
        }
    }

    private void end(int code, String why) {
        if (closed) {
            log.debug("a start that nobody waits for any more failed: {}", why);
            return;
        }
        System.err.println("bittern: " + why);
        process.exit(code);
    }

    private static Set<String> names(List<Setting<?>> settings) {
        Set<String> names = new HashSet<>();
        settings.forEach(setting -> names.add(setting.name()));
        return Set.copyOf(names);
    }
}
