package org.bittern.watchdir.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProblemListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Looks at the watched directory every two seconds while an engine runs. The directory is asked of
 * the engine's settings each time, so that a change acts at once. Notifications of the system are
 * not used: network file systems send none.
 */
@Component(
        service = {},
        immediate = true)
public final class WatchDir {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

    private final EngineHost host;
    private final LongSupplier nanos;
    private final List<ProblemListener> listeners = new CopyOnWriteArrayList<>();
    private final Watcher watcher =
            new Watcher(problem -> listeners.forEach(listener -> listener.problem(problem)));
    private final Thread thread;

    /** Begins. */
    @Activate
    public WatchDir(@Reference EngineHost host) {
        this(host, System::nanoTime);
    }

    /**
     * Begins.
     *
     * @param nanos monotonic nanoseconds
     */
    WatchDir(EngineHost host, LongSupplier nanos) {
        this.host = host;
        this.nanos = nanos;
        // a virtual one would hold on to a carrier of others while the directory does not answer
        thread = Thread.ofPlatform().daemon().name("bt-watchdir").start(this::run);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindListener(ProblemListener listener) {
        listeners.add(listener);
    }

    void unbindListener(ProblemListener listener) {
        listeners.remove(listener);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Engine engine = host.engine().orElse(null);
                if (engine != null) {
                    watcher.look(engine, nanos.getAsLong());
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends; a file that is being added is added. */
    @Deactivate
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join(CLOSE_TIME);
    }
}
