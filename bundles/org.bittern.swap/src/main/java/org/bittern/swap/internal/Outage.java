package org.bittern.swap.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

/**
 * For how long no service of a component was there, from its making to {@link #close}. Services
 * without a component do not count. Told by whichever thread registers or unregisters: hence the
 * lock.
 */
final class Outage implements AllServiceListener, AutoCloseable {
    /** Of declarative services: the component behind a service. */
    static final String COMPONENT = "component.name";

    private final BundleContext context;
    private final LongSupplier nanoTime;
    private final Map<String, Integer> offered = new HashMap<>();
    private final Map<String, Long> goneSince = new HashMap<>();
    private final Set<String> touched = new TreeSet<>();
    private long longestNanos;

    /**
     * Begins to watch.
     *
     * @param nanoTime a clock that never goes back
     */
    static Outage watch(BundleContext context, LongSupplier nanoTime) throws Refusal {
        Outage outage = new Outage(context, nanoTime);
        context.addServiceListener(outage);
        try {
            ServiceReference<?>[] all = context.getAllServiceReferences(null, null);
            synchronized (outage) {
                for (ServiceReference<?> each : all == null ? new ServiceReference<?>[0] : all) {
                    outage.count(each, 1);
                }
            }
        } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new Refusal("the framework does not take an empty filter", e);
        }
        return outage;
    }

    private Outage(BundleContext context, LongSupplier nanoTime) {
        this.context = context;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void serviceChanged(ServiceEvent event) {
        switch (event.getType()) {
            case ServiceEvent.REGISTERED -> count(event.getServiceReference(), 1);
            case ServiceEvent.UNREGISTERING -> count(event.getServiceReference(), -1);
            default -> {
                // its properties changed: it stays
            }
        }
    }

    private void count(ServiceReference<?> service, int change) {
        if (!(service.getProperty(COMPONENT) instanceof String name)) {
            return;
        }
        int now = offered.merge(name, change, Integer::sum);
        if (change < 0) {
            touched.add(name);
            if (now == 0) {
                goneSince.put(name, nanoTime.getAsLong());
            }
        } else {
            Long since = goneSince.remove(name);
            if (since != null) {
                longestNanos = Math.max(longestNanos, nanoTime.getAsLong() - since);
            }
        }
    }

    /** Of all gaps that have ended. */
    synchronized Duration longest() {
        return Duration.ofNanos(longestNanos);
    }

    /** Components that took back a service. */
    synchronized Set<String> touched() {
        return Set.copyOf(touched);
    }

    @Override
    public void close() {
        context.removeServiceListener(this);
    }
}
