package org.bittern.swap.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Services of a bundle, got and held. Declarative services make the object behind a service for the
 * first who wants it: a component that is satisfied may still fail then. Until {@link #close} the
 * objects stay, so that others find those that were made. For one thread.
 */
final class HeldServices implements AutoCloseable {
    private final BundleContext context;
    private final List<ServiceReference<?>> held = new ArrayList<>();

    HeldServices(BundleContext context) {
        this.context = context;
    }

    /** Gets all services that a bundle offers now; says of which component one cannot be had. */
    Optional<String> hold(Bundle bundle) {
        ServiceReference<?>[] offered = bundle.getRegisteredServices();
        for (ServiceReference<?> each : offered == null ? new ServiceReference<?>[0] : offered) {
            if (each.getProperty(Outage.COMPONENT) instanceof String component) {
                if (context.getService(each) != null) {
                    held.add(each);
                } else if (each.getBundle() != null) { // else it was withdrawn meanwhile
                    return Optional.of(component + " cannot be made");
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        held.forEach(context::ungetService);
    }
}
