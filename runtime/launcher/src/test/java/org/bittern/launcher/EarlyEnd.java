package org.bittern.launcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * The activator of a bundle that {@link LauncherTest} packs: somebody ends the process while the
 * launcher still starts bundles, and the launcher goes on when the framework is on its way down.
 */
public final class EarlyEnd implements BundleActivator {
    static final int EXIT_CODE = 130;

    @Override
    public void start(BundleContext context) {
        Thread.ofPlatform().start(() -> System.exit(EXIT_CODE));
        Bundle framework = context.getBundle(0);
        while (framework.getState() != Bundle.STOPPING) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void stop(BundleContext context) {
        // nothing was opened
    }
}
