package org.bittern.launcher;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: its arguments, its signals, its exit code. */
public final class Launcher {
    private static final Logger log = LoggerFactory.getLogger(Launcher.class);

    private static final String EXIT_PROPERTY = "bittern.exit";

    /** A directory in memory where work directories may be made. */
    private static final String MEMORY_PROPERTY = "bittern.memory";

    /** So much must be free in memory; jars that are swapped in while the process runs go there. */
    private static final long FREE_BYTES = 512L << 20;

    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;

    private static final String STOP_PROPERTY = "bittern.stop.seconds";

    /** How long the bundles may take to stop before the process leaves without them. */
    private static final long STOP_MILLIS =
            TimeUnit.SECONDS.toMillis(Long.getLong(STOP_PROPERTY, 10));

    private static final String LATE = "not stopped after " + STOP_MILLIS + " ms, leaving";

    /** How long after the last start level a component may still be on its way. */
    private static final long SETTLE_MILLIS = TimeUnit.SECONDS.toMillis(3);

    /** How often, and after how long each, it is looked for again then. */
    private static final int LOOKS = 20;

    private static final long LOOK_MILLIS = 100;

    private final RuntimePlan plan;
    private final FrameworkRun run;
    private final WorkDirectory work;

    /** The framework stopped by itself, or did not start; the process is ending because of that. */
    private volatile boolean ended;

    /** The process is ending: what fails from now on fails because of that. */
    private volatile boolean ending;

    /** Open from the moment at which the framework begins to stop. */
    private final CountDownLatch stopping = new CountDownLatch(1);

    private Launcher(RuntimePlan plan, FrameworkRun run, WorkDirectory work) {
        this.plan = plan;
        this.run = run;
        this.work = work;
    }

    /**
     * Runs until the framework stops, then ends the process.
     *
     * @param words root of the distribution, name of the runtime, then what the person typed
     */
    public static void main(String[] words) {
        // A process that is ending already has its code: another call would only wait for the end.
        exitCode(List.of(words)).ifPresent(System::exit);
    }

    private static OptionalInt exitCode(List<String> words) {
        if (words.size() < 2) {
            complain("usage: Launcher HOME RUNTIME [ARGUMENT]...");
            return OptionalInt.of(EXIT_USAGE);
        }
        LaunchOptions options;
        try {
            options = LaunchOptions.parse(words.subList(2, words.size()), System.getenv());
        } catch (LaunchException e) {
            complain(e.line());
            return OptionalInt.of(EXIT_USAGE);
        }
        try {
            return launch(Path.of(words.getFirst()).toAbsolutePath(), words.get(1), options);
        } catch (LaunchException e) {
            log.debug("launch failed", e);
            complain(e.line());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            // The framework's own threads would keep the process alive without its main thread.
            log.error("launcher failed", e);
        }
        return OptionalInt.of(EXIT_FAILURE);
    }

    /** Empty: a signal came, and ends the process. */
    private static OptionalInt launch(Path home, String runtime, LaunchOptions options)
            throws LaunchException, InterruptedException {
        RuntimePlan plan = RuntimePlan.read(home, runtime, options.with());
        plan.quiet().forEach(StderrLogging::quiet);
        try (WorkDirectory work = WorkDirectory.in(workParent())) {
            FrameworkRun run = new FrameworkRun(plan, options, work.path());
            Launcher launcher = new Launcher(plan, run, work);
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::endOnSignal, "bittern-end"));
            launcher.start(merged(plan.configurations(), options.settings()));
            return launcher.awaitEnd();
        }
    }

    /** Empty: a signal came, and ends the process. */
    private OptionalInt awaitEnd() throws InterruptedException {
        awaitStopping();
        boolean inOrder = run.awaitStop(STOP_MILLIS);
        if (ending) {
            return OptionalInt.empty();
        }
        int code = Integer.getInteger(EXIT_PROPERTY, 0);
        if (!inOrder) {
            complain(LATE);
            work.close();
            // A normal end would ask the framework once more, and wait for the hooks of bundles.
            Runtime.getRuntime().halt(code);
        }
        ended = true;
        return OptionalInt.of(code);
    }

    private void awaitStopping() throws InterruptedException {
        BundleContext context = run.framework().getBundleContext();
        if (context == null) {
            return;
        }
        try {
            context.addBundleListener((SynchronousBundleListener) this::noteStop);
        } catch (IllegalStateException e) {
            log.debug("stopped before anybody waited for it", e);
            return;
        }
        if (!run.isEnding()) { // else it began before the listener was there
            stopping.await();
        }
    }

    private void noteStop(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            stopping.countDown();
        }
    }

    private void start(Map<String, Map<String, Object>> configurations) throws LaunchException {
        try {
            run.start(configurations, () -> Thread.ofVirtual().start(this::reportProblems));
        } catch (LaunchException | RuntimeException | LinkageError e) {
            // The last: a bundle that was stopped meanwhile has no more classes than it has loaded.
            if (!ending) {
                ended = true;
                throw e;
            }
            log.debug("ended while it started", e);
        }
    }

    /**
     * A start makes some two hundred small files: a disk takes a twentieth of the start for them.
     */
    private static Path workParent() {
        String memory = System.getProperty(MEMORY_PROPERTY);
        if (memory != null
                && Files.isWritable(Path.of(memory))
                && new File(memory).getUsableSpace() >= FREE_BYTES) {
            return Path.of(memory);
        }
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** The plan's configurations with what {@code --set} adds or overrides. */
    static Map<String, Map<String, Object>> merged(
            Map<String, Map<String, Object>> plan, Map<String, Map<String, Object>> settings) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>(plan);
        settings.forEach((pid, typed) -> {
            Map<String, Object> both = new LinkedHashMap<>(all.getOrDefault(pid, Map.of()));
            both.putAll(typed);
            all.put(pid, both);
        });
        return all;
    }

    /**
     * Runs as the JVM's shutdown hook: after SIGTERM and SIGINT, and with nothing left to do at a
     * normal end.
     */
    private void endOnSignal() {
        ending = true;
        boolean signalled = !ended;
        boolean inOrder = false;
        try {
            run.stop();
            inOrder = run.awaitStop(STOP_MILLIS);
            if (!inOrder) {
                complain(LATE);
            }
        } catch (BundleException e) {
            log.warn("cannot stop the framework", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        work.close();
        if (signalled && inOrder && plan.service()) {
            // The JVM itself would leave with 128 + the signal, which means failure to a
            // supervisor.
            Runtime.getRuntime().halt(Integer.getInteger(EXIT_PROPERTY, 0));
        }
    }

    private void reportProblems() {
        try {
            if (run.awaitStop(SETTLE_MILLIS)) {
                return;
            }
            // Somebody may exchange bundles already, one after the other.
            List<Problem> problems =
                    Problem.lasting(run::problems, () -> !run.awaitStop(LOOK_MILLIS), LOOKS);
            // Components lose their references while the framework stops: no problem then.
            if (problems.isEmpty() || run.isEnding()) {
                return;
            }
            problems.forEach(problem -> complain(problem.line()));
            if (plan.complete()) {
                System.setProperty(EXIT_PROPERTY, Integer.toString(EXIT_FAILURE));
                run.stop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BundleException e) {
            log.warn("cannot stop the framework", e);
        }
    }

    private static void complain(String line) {
        System.err.println("bittern: " + line);
    }
}
