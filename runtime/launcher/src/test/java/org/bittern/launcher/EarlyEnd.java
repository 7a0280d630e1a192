package org.bittern.launcher;

import java.time.Duration;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * The activator of a bundle that {@link LauncherTest} packs: somebody ends the process while the
 * launcher still starts bundles, and the launcher goes on when the framework is on its way down.
 * Before the process is gone, the launcher's thread must have ended: it has nothing to ask for.
 */
public final class EarlyEnd implements BundleActivator {
    static final int EXIT_CODE = 130;

    /** A launcher that waits for the end of the process never comes to its own. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @Override
    public void start(BundleContext context) {
        Thread launcher = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> requireEnd(launcher)));
        Thread.ofPlatform().start(() -> System.exit(EXIT_CODE));
        Bundle framework = context.getBundle(0);
        while (framework.getState() != Bundle.STOPPING) {
            Thread.onSpinWait();
        }
    }

    private static void requireEnd(Thread launcher) {
        try {
            if (!launcher.join(LONGEST)) {
                System.err.println("the launcher does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop(BundleContext context) {
        // nothing was opened
    }
}
