package org.bittern.swap.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ./bittern dev}: swaps the bundles whose jars were rebuilt with other content, and prints a
 * line for each swap. Off unless it is told which folder to watch.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.bittern.swap.watch",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = WatchConfig.class)
public final class RebuiltJars {
    private static final Logger log = LoggerFactory.getLogger(RebuiltJars.class);

    /** Two looks make a jar count: at most about half a second after it was built. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final BundleContext context;
    private final RebuildWatch watch;
    private final Thread thread;

    /** Begins to watch. */
    @Activate
    public RebuiltJars(BundleContext context, WatchConfig config, @Reference SwapCommand swapper) {
        this.context = context;
        watch =
                new RebuildWatch(
                        new JarFolder(Path.of(config.dir())),
                        swapper::swapBuilt,
                        RebuiltJars::print);
        thread = Thread.ofVirtual().name("bt-rebuilt").start(this::look);
    }

    @Deactivate
    void close() {
        thread.interrupt();
    }

    private void look() {
        for (Bundle bundle : context.getBundles()) {
            remember(bundle);
        }
        try {
            while (true) {
                Thread.sleep(LOOK);
                watch.look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The framework reads the jars where they lie; see the launcher. */
    private void remember(Bundle bundle) {
        String location = bundle.getLocation();
        String name = bundle.getSymbolicName();
        if (name != null && location.startsWith("reference:file:")) {
            Path jar = Path.of(URI.create(location.substring("reference:".length())));
            try {
                watch.runs(name, BundleJar.sha256(Files.readAllBytes(jar)));
            } catch (IOException e) {
                log.debug("{} has no jar any more", name, e);
            }
        }
    }

    /** Standard output belongs to the runtime: that of {@code stdio} speaks a protocol there. */
    private static void print(String line) {
        System.err.println(line);
        System.err.flush();
    }
}
