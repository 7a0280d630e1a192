package org.bittern.demo.internal;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalInt;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.demo.Ticker;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Runs the demonstration on a thread of its own, and ends the process with its outcome. Only where
 * a runtime configures it: tests use this bundle without.
 */
@Component(
        service = {},
        configurationPid = "org.bittern.demo",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
public final class DemoRun {
    /** Framework properties of the launcher. */
    private static final String ARGUMENTS = "bittern.args";

    private static final String DATA = "bittern.data";
    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;
    private static final Logger log = LoggerFactory.getLogger(DemoRun.class);

    private final Thread thread;

    /** Begins at once. */
    @Activate
    public DemoRun(
            BundleContext context, @Reference EngineHost host, @Reference ProcessControl process) {
        String joined = Objects.requireNonNullElse(context.getProperty(ARGUMENTS), "");
        String[] words = joined.isEmpty() ? new String[0] : joined.split("\u001f", -1);
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA), "."));
        thread =
                Thread.ofPlatform()
                        .name("bt-demo")
                        .start(() -> run(host, context, words, data).ifPresent(process::exit));
    }

    @Deactivate
    void stop() {
        thread.interrupt();
    }

    /** Returns the exit code; empty when the process ends before. */
    private static OptionalInt run(
            EngineHost host, BundleContext context, String[] words, Path data) {
        Options options = new Options();
        try {
            new CommandLine(options).setExpandAtFiles(false).parseArgs(words);
        } catch (CommandLine.ParameterException e) {
            System.err.println("bittern: " + e.getMessage());
            return OptionalInt.of(EXIT_USAGE);
        }
        try {
            Demo demo = new Demo(host, context, options, new Table(System.out), Ticker.SYSTEM);
            return OptionalInt.of(demo.run(data) ? 0 : EXIT_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        } catch (Exception e) { // whatever an exchanged part throws is the outcome
            log.debug("the demonstration failed", e);
            System.err.println("bittern: the demonstration failed: " + e);
            return OptionalInt.of(EXIT_FAILURE);
        }
    }
}
