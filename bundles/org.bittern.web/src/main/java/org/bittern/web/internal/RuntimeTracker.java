package org.bittern.web.internal;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;
import org.osgi.service.servlet.runtime.HttpServiceRuntimeConstants;
import org.osgi.util.tracker.ServiceTracker;

/** Tells {@link Servers} which servers run, and where. Thread-safe. */
final class RuntimeTracker
        extends ServiceTracker<HttpServiceRuntime, ServiceReference<HttpServiceRuntime>> {
    private final Servers servers;
    private final Map<ServiceReference<HttpServiceRuntime>, List<URI>> running =
            new ConcurrentHashMap<>();

    RuntimeTracker(BundleContext context, Servers servers) {
        super(context, HttpServiceRuntime.class, null);
        this.servers = servers;
    }

    @Override
    public ServiceReference<HttpServiceRuntime> addingService(
            ServiceReference<HttpServiceRuntime> reference) {
        running.put(reference, urls(reference));
        tell();
        return reference;
    }

    @Override
    public void modifiedService(
            ServiceReference<HttpServiceRuntime> reference,
            ServiceReference<HttpServiceRuntime> same) {
        running.put(reference, urls(reference));
        tell();
    }

    @Override
    public void removedService(
            ServiceReference<HttpServiceRuntime> reference,
            ServiceReference<HttpServiceRuntime> same) {
        running.remove(reference);
        tell();
    }

    private void tell() {
        servers.serving(running.values().stream().flatMap(List::stream).toList());
    }

    private static List<URI> urls(ServiceReference<HttpServiceRuntime> reference) {
        Object value = reference.getProperty(HttpServiceRuntimeConstants.HTTP_SERVICE_ENDPOINT);
        return value instanceof String[] several
                ? Stream.of(several).map(URI::create).toList()
                : List.of();
    }
}
