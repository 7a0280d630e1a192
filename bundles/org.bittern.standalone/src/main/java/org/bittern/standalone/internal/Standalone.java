package org.bittern.standalone.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Dictionary;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.web.Listening;
import org.bittern.web.Tickets;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import picocli.CommandLine;

/**
 * Runs a runtime: reads what was typed, starts the engine on the data directory, opens the door,
 * and says on standard output where it listens.
 */
@Component(
        service = {},
        configurationPid = "org.bittern.standalone",
        immediate = true)
@Designate(ocd = StandaloneConfig.class)
public final class Standalone {
    /** Framework properties of the launcher. */
    private static final String ARGUMENTS = "bittern.args";

    private static final String DATA = "bittern.data";
    private static final String RUNTIME = "bittern.runtime";
    private static final String DOOR = "org.bittern.web";
    private static final int START_SECONDS = 60;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How long there may be no engine while bundles are replaced, until the process gives up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;

    private static final Set<EngineException.Code> PASSING =
            EnumSet.of(
                    EngineException.Code.ENGINE_ALREADY_RUNNING,
                    EngineException.Code.ENGINE_NOT_RUNNING,
                    EngineException.Code.UNSUPPORTED);

    private final InstantSource clock = InstantSource.system();
    private final StandaloneConfig config;
    private final EngineHost host;
    private final ProcessControl process;
    private final ConfigurationAdmin admin;
    private final CompletableFuture<Listening> listening = new CompletableFuture<>();
    private final CompletableFuture<Tickets> tickets = new CompletableFuture<>();
    private final String version;
    private final Thread starting;
    private volatile boolean closed;

    /** Begins at once, on a thread of its own. */
    @Activate
    public Standalone(
            BundleContext context,
            StandaloneConfig config,
            @Reference EngineHost host,
            @Reference ProcessControl process,
            @Reference ConfigurationAdmin admin) {
        this.config = config;
        this.host = host;
        this.process = process;
        this.admin = admin;
        String joined = Objects.requireNonNullElse(context.getProperty(ARGUMENTS), "");
        String[] words = joined.isEmpty() ? new String[0] : joined.split("\u001f", -1);
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA), "."));
        Version own = context.getBundle().getVersion();
        version = "Bittern %d.%d.%d".formatted(own.getMajor(), own.getMinor(), own.getMicro());
        String runtime = Objects.requireNonNullElse(context.getProperty(RUNTIME), "NAME");
        starting =
                Thread.ofVirtual()
                        .name("standalone-start")
                        .start(() -> start(words, runtime, data));
    }

    @Deactivate
    void close() {
        closed = true;
        starting.interrupt(); // it may wait for an engine that its successor will start
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindListening(Listening server) {
        listening.complete(server);
    }

    /** It may move to another port; whoever changed that knows. */
    void unbindListening(Listening server) {}

    /** Comes with the door. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindTickets(Tickets mint) {
        tickets.complete(mint);
    }

    void unbindTickets(Tickets mint) {}

    private void start(String[] words, String runtime, Path data) {
        Options options = new Options();
        try {
            // Without words there is nothing to read: picocli would take a part of the start for
            // it.
            if (words.length > 0 && helped(words, runtime, options)) {
                process.exit(0);
                return;
            }
            if (config.stream() && options.link().isEmpty()) {
                throw new Refusal("usage: ./bittern stream MAGNET|FILE [--player PROGRAM]");
            }
            if (config.engine()) {
                // The server takes as long to start as the engine does: they do it side by side.
                configure(options, false);
            }
            Optional<Engine> engine = engine(options, data);
            configure(options, true);
            Listening server = listening.get(START_SECONDS, TimeUnit.SECONDS);
            if (engine.isPresent() && config.stream()) {
                Tickets mint = tickets.get(START_SECONDS, TimeUnit.SECONDS);
                System.out.println(new OneStream(engine.get(), options).url(server, mint));
            } else {
                System.out.println("RPC_PORT=" + server.port());
            }
            System.out.flush();
        } catch (CommandLine.ParameterException e) {
            fail(EXIT_USAGE, e);
        } catch (Refusal | EngineException | IOException e) {
            fail(EXIT_FAILURE, e);
        } catch (TimeoutException e) {
            fail(
                    EXIT_FAILURE,
                    new IOException("nothing listens after %d s".formatted(START_SECONDS), e));
        } catch (ExecutionException e) {
            fail(EXIT_FAILURE, e.getCause() instanceof EngineException known ? known : e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Fills in what was typed; prints what can be typed, or what this is, if that was asked, and
     * tells so.
     */
    private boolean helped(String[] words, String runtime, Options options) {
        CommandLine line = options.line(runtime, config.engine(), config.stream());
        line.getCommandSpec().version(version);
        return CommandLine.printHelpIfRequested(line.parseArgs(words));
    }

    private Optional<Engine> engine(Options options, Path data)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (!config.engine()) {
            return Optional.empty();
        }
        EngineHost.EngineStart start =
                new EngineHost.EngineStart(options.engine(), Optional.of(data));
        Instant end = clock.instant().plus(PATIENCE);
        while (true) {
            try {
                return Optional.of(
                        host.start(start)
                                .toCompletableFuture()
                                .get(START_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (!mayPass(e.getCause()) || clock.instant().isAfter(end)) {
                    throw e;
                }
                Optional<Engine> running = host.engine();
                if (running.isPresent()) {
                    return running; // it outlived an update of this bundle
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
     * Adds what was typed to what the runtime configures.
     *
     * @param open whether anybody is let in yet
     */
    private void configure(Options options, boolean open) throws IOException {
        Configuration door = admin.getConfiguration(DOOR, "?");
        Map<String, Object> properties = new HashMap<>();
        Dictionary<String, Object> present = door.getProperties();
        if (present != null) {
            for (Enumeration<String> keys = present.keys(); keys.hasMoreElements(); ) {
                String key = keys.nextElement();
                properties.put(key, present.get(key));
            }
        }
        properties.putAll(options.door(config.port()));
        properties.put("open", open);
        if (config.token_needed() && options.tokenAlone()) {
            properties.putIfAbsent("strict", true);
        }
        options.checkCallers(
                properties.containsKey("whitelist") || properties.containsKey("whitelist.enabled"));
        if (options.servesOthers() && !properties.containsKey("whitelist")) {
            properties.putIfAbsent("whitelist.enabled", false); // only this machine stands on it
        }
        door.update(FrameworkUtil.asDictionary(properties));
    }

    private void fail(int code, Exception why) {
        if (closed) {
            return; // nobody waits for this start any more
        }
        List<String> lines = String.valueOf(why.getMessage()).lines().toList();
        System.err.println("bittern: " + (lines.isEmpty() ? why.toString() : lines.getFirst()));
        process.exit(code);
    }
}
