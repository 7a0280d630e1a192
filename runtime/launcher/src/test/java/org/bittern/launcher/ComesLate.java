package org.bittern.launcher;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** The activator of a bundle whose service is there a second after components are looked at. */
public final class ComesLate implements BundleActivator {
    private static final int SECONDS = 4;

    @Override
    public void start(BundleContext context) {
        Executor later = CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS);
        later.execute(() -> context.registerService(Runnable.class, () -> {}, null));
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes its service back
    }
}
