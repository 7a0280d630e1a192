package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/** One runtime of the built distribution, started in this JVM by the launcher's own classes. */
final class RunningRuntime implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));

    /** Nobody is in a hurry here: how fast a start is, {@code itest/bench/start.py} measures. */
    private static final long SECONDS = 120;

    private final RuntimePlan plan;
    private final FrameworkRun run;
    private final WorkDirectory work;

    /**
     * Starts it and waits until the last start level is reached.
     *
     * @param words what a person would type behind the name of the runtime
     */
    RunningRuntime(Path home, Path directory, String name, List<String> words) throws Exception {
        LaunchOptions options = LaunchOptions.parse(words, Map.of());
        plan = RuntimePlan.read(home, name, options.with());
        work = WorkDirectory.in(directory);
        run = new FrameworkRun(plan, options, work.path());
        CountDownLatch reached = new CountDownLatch(1);
        run.start(Launcher.merged(plan.configurations(), options.settings()), reached::countDown);
        assertThat(reached.await(SECONDS, TimeUnit.SECONDS)).as("the last start level").isTrue();
    }

    /**
     * Starts a daemon.
     *
     * @param data its data directory, with its settings
     * @param port of its interfaces, 0 for any
     * @param more what is typed behind these
     */
    static RunningRuntime daemon(Path work, Path data, int port, String... more) throws Exception {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("--port", String.valueOf(port), "--data", data.toString()));
        words.addAll(List.of(more));
        return new RunningRuntime(HOME, work, "daemon", words);
    }

    RuntimePlan plan() {
        return plan;
    }

    BundleContext context() {
        return run.framework().getBundleContext();
    }

    /** All but the framework itself. */
    List<Bundle> bundles() {
        return Arrays.stream(context().getBundles())
                .filter(bundle -> bundle.getBundleId() != 0)
                .toList();
    }

    /** The one of this name. */
    Bundle bundle(String name) {
        return bundles().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Stops a bundle, updates it, wires those anew that import from it, and starts it. */
    void replace(Bundle bundle) throws BundleException, InterruptedException {
        bundle.stop();
        bundle.update();
        if (bundle.getHeaders().get("Export-Package") != null) {
            CountDownLatch refreshed = new CountDownLatch(1);
            context()
                    .getBundle(0)
                    .adapt(FrameworkWiring.class)
                    .refreshBundles(List.of(bundle), event -> refreshed.countDown());
            assertThat(refreshed.await(SECONDS, TimeUnit.SECONDS)).as("the refresh").isTrue();
        }
        bundle.start();
    }

    /** As the launcher would report them. */
    List<String> problems() {
        return run.problems().stream().map(Problem::line).toList();
    }

    @Override
    public void close() throws BundleException {
        run.stop();
        try {
            assertThat(run.awaitStop(TimeUnit.SECONDS.toMillis(SECONDS))).as("the stop").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        work.close();
    }
}
