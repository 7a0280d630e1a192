package org.bittern.swap.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * line for each swap. Off unless it is told which folder to watch. A jar that was refused is tried
 * again together with the next ones, as it may need them.
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
    private final SwapCommand swapper;
    private final JarFolder folder;
    private final Thread watch;

    /** Symbolic name → sum of the jar that runs. */
    private final Map<String, String> running = new HashMap<>();

    /** Symbolic name → jar that should run and does not. */
    private final Map<String, BundleJar> waiting = new TreeMap<>();

    /** Begins to watch. */
    @Activate
    public RebuiltJars(BundleContext context, WatchConfig config, @Reference SwapCommand swapper) {
        this.context = context;
        this.swapper = swapper;
        folder = new JarFolder(Path.of(config.dir()));
        watch = Thread.ofVirtual().name("bt-rebuilt").start(this::look);
    }

    @Deactivate
    void close() {
        watch.interrupt();
    }

    private void look() {
        for (Bundle bundle : context.getBundles()) {
            remember(bundle);
        }
        try {
            while (true) {
                Thread.sleep(LOOK);
                lookOnce();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookOnce() {
        try {
            boolean changed = false;
            for (Path jar : folder.rebuilt()) {
                changed |= isNew(jar);
            }
            if (changed) {
                swapAll();
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("the folder changes while it is read", e);
        }
    }

    /** The framework reads the jars where they lie; see the launcher. */
    private void remember(Bundle bundle) {
        String location = bundle.getLocation();
        String name = bundle.getSymbolicName();
        if (name != null && location.startsWith("reference:file:")) {
            Path jar = Path.of(URI.create(location.substring("reference:".length())));
            try {
                running.put(name, BundleJar.sha256(Files.readAllBytes(jar)));
            } catch (IOException e) {
                log.debug("{} has no jar any more", name, e);
            }
        }
    }

    /** Whether a jar has other content than the bundle of its name that runs. */
    private boolean isNew(Path jar) throws IOException {
        try {
            BundleJar built = TrustedFolder.builtJar(jar);
            String sum = running.get(built.symbolicName());
            if (sum == null) {
                return false; // not a bundle of this runtime
            }
            if (sum.equals(built.sha256())) {
                waiting.remove(built.symbolicName());
                return false;
            }
            waiting.put(built.symbolicName(), built);
            return true;
        } catch (Refusal e) {
            print(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void swapAll() {
        List<List<BundleJar>> batches = new ArrayList<>();
        batches.add(List.copyOf(waiting.values()));
        if (waiting.size() > 1) {
            // One at a time if they do not get along as a whole.
            waiting.values().forEach(jar -> batches.add(List.of(jar)));
        }
        String refused = "";
        for (List<BundleJar> batch : batches) {
            if (!waiting.values().containsAll(batch)) {
                continue;
            }
            try {
                SwapReport report = swapper.swapBuilt(batch);
                batch.forEach(this::settled);
                print(report.line());
            } catch (Refusal e) {
                refused = "not swapped: " + e.getMessage();
            }
        }
        if (!waiting.isEmpty()) {
            print(refused);
        }
    }

    /** What runs is what was swapped: its file may have been built once more meanwhile. */
    private void settled(BundleJar built) {
        running.put(built.symbolicName(), built.sha256());
        waiting.remove(built.symbolicName());
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
