package org.bittern.launcher;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** The activator of a bundle that {@link LauncherTest} packs: its stop hangs, as on a dead disk. */
public final class NeverStops implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        // nothing to open
    }

    @Override
    public void stop(BundleContext context) throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
