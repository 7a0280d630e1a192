package org.bittern.host.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process by stopping the framework: every component is then closed in order, the engine
 * by {@link EngineHost}. The launcher waits for the framework and reads the code from the system
 * property {@value #EXIT_CODE}.
 */
@Component
public final class FrameworkExit implements ProcessControl {
    /** System property with the exit code of the process. */
    static final String EXIT_CODE = "bittern.exit";

    private static final Logger log = LoggerFactory.getLogger(FrameworkExit.class);

    private final BundleContext context;
    private final AtomicBoolean asked = new AtomicBoolean();

    @Activate
    public FrameworkExit(BundleContext context) {
        this.context = context;
    }

    @Override
    public void exit(int code) {
        if (code < 0 || code > 255) {
            throw new IllegalArgumentException("exit code " + code + ", allowed are 0 to 255");
        }
        if (asked.compareAndSet(false, true)) {
            System.setProperty(EXIT_CODE, Integer.toString(code));
            // Not on the caller's thread: it may belong to a bundle that is about to be stopped.
            Thread.ofPlatform().name("bt-exit").start(this::stopFramework);
        }
    }

    private void stopFramework() {
        try {
            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).stop();
        } catch (BundleException e) {
            log.error("the framework did not stop", e);
        }
    }
}
