package org.bittern.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One framework from start to stop. Started by one thread; {@link #stop} may come from any, at any
 * time.
 */
final class FrameworkRun {
    private static final Logger log = LoggerFactory.getLogger(FrameworkRun.class);

    /** Of the Gogo shell. */
    private static final String SHELL_ARGUMENTS = "gosh.args";

    private final RuntimePlan plan;
    private final LaunchOptions options;
    private final Framework framework;
    private final Queue<Problem> problems = new ConcurrentLinkedQueue<>();

    FrameworkRun(RuntimePlan plan, LaunchOptions options, Path work) {
        this.plan = plan;
        this.options = options;
        framework = new FrameworkFactory().newFramework(properties(plan, options, work));
    }

    private static Map<String, Object> properties(
            RuntimePlan plan, LaunchOptions options, Path work) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, work.toString());
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SystemPackages.header());
        properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "1");
        properties.put("felix.log.logger", new FelixLog());
        // No handlers for bundle: URLs in the JVM; installing them needs internals of the JDK.
        properties.put("felix.service.urlhandlers", "false");
        properties.put("felix.cache.locking", "false");
        // Configurations come from features and the command line at each start, and whatever is
        // secret in them is in no file.
        properties.put("felix.cm.pm", "memory");
        // Or Felix's HTTP server would first listen on 0.0.0.0:8080, before it is configured.
        properties.put("org.apache.felix.http.require.config", "true");
        // Without a log service it warns on standard output, of its own threads as they end, too.
        properties.put("org.apache.felix.eventadmin.LogLevel", "1");
        // Without this the shell would read standard input, and its end would end the process.
        // Other words, such as a command that opens a port, come with -Dgosh.args.
        if (System.getProperty(SHELL_ARGUMENTS) == null) {
            properties.put(SHELL_ARGUMENTS, "--nointeractive");
        }
        properties.put("bittern.args", String.join("\u001f", options.arguments()));
        properties.put("bittern.data", options.data().toString());
        properties.put("bittern.runtime", plan.name());
        return properties;
    }

    /**
     * Starts the first level, configures, and begins with the others.
     *
     * @param reached called on a thread of the framework at the last level; never, if a bundle
     *     stops the framework before
     */
    void start(Map<String, Map<String, Object>> configurations, Runnable reached)
            throws LaunchException {
        try {
            framework.init();
            BundleContext context = framework.getBundleContext();
            context.addFrameworkListener(this::note);
            ServiceLog.offer(context);
            List<Bundle> bundles = install(context);
            ReadConfigurations.require(options.settings(), plan.configurations().keySet(), bundles);
            framework.start();
            // All at once costs less than one after the other; who cannot be says so when it
            // starts.
            framework.adapt(FrameworkWiring.class).resolveBundles(bundles);
            for (Bundle bundle : bundles) {
                bundle.start();
            }
            Configurations all = new Configurations(context, configurations);
            all.apply();
            framework
                    .adapt(FrameworkStartLevel.class)
                    .setStartLevel(
                            plan.levels().size(),
                            event -> {
                                all.follow();
                                reached.run();
                            });
        } catch (BundleException e) {
            throw new LaunchException("cannot start: " + e.getMessage(), e);
        }
    }

    private List<Bundle> install(BundleContext context) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        FrameworkStartLevel levels = framework.adapt(FrameworkStartLevel.class);
        int usual = levels.getInitialBundleStartLevel();
        int level = 1;
        for (List<Path> jars : plan.levels()) {
            // Changed after the installation it would be stored once more for each bundle.
            levels.setInitialBundleStartLevel(level);
            for (Path jar : jars) {
                // By reference: the framework reads the jar where it lies and copies nothing.
                bundles.add(context.installBundle("reference:" + jar.toUri()));
            }
            level++;
        }
        levels.setInitialBundleStartLevel(usual);
        return bundles;
    }

    private void note(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            Throwable thrown = event.getThrowable();
            String bundle = "bundle " + event.getBundle().getSymbolicName();
            problems.add(new Problem(bundle, ": " + reason(thrown)));
            log.debug("framework error", thrown);
        }
    }

    private static String reason(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("failed");
    }

    /** The framework itself. */
    Framework framework() {
        return framework;
    }

    /** What does not run: bundles that failed, components that wait or failed. */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>(problems);
        BundleContext context = framework.getBundleContext();
        if (context != null) {
            all.addAll(UnsatisfiedComponents.describe(context));
        }
        return all;
    }

    /** Whether bundles are being stopped or are stopped already. */
    boolean isEnding() {
        return framework.getState() != Bundle.ACTIVE;
    }

    /** Asks for the stop; returns at once. */
    void stop() throws BundleException {
        framework.stop();
    }

    /**
     * Waits for the end.
     *
     * @param millis how long at most, 0 for ever
     * @return whether the framework has stopped
     */
    boolean awaitStop(long millis) throws InterruptedException {
        return framework.waitForStop(millis).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }
}
