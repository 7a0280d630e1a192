package org.bittern.web.internal;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;
import org.osgi.service.servlet.runtime.HttpServiceRuntimeConstants;
import org.osgi.service.servlet.runtime.dto.FailedServletDTO;
import org.osgi.service.servlet.runtime.dto.RuntimeDTO;
import org.osgi.service.servlet.runtime.dto.ServletContextDTO;
import org.osgi.service.servlet.runtime.dto.ServletDTO;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells {@link Servers} which servers run, and where. Thread-safe. */
final class RuntimeTracker
        extends ServiceTracker<HttpServiceRuntime, ServiceReference<HttpServiceRuntime>> {
    private static final Logger log = LoggerFactory.getLogger(RuntimeTracker.class);

    private static final int POLL_MILLIS = 10;
    private static final int MOST_POLLS = 500;

    private final Servers servers;
    private final Endpoints endpoints;
    private final Map<ServiceReference<HttpServiceRuntime>, List<URI>> running =
            new ConcurrentHashMap<>();

    RuntimeTracker(BundleContext context, Servers servers, Endpoints endpoints) {
        super(context, HttpServiceRuntime.class, null);
        this.servers = servers;
        this.endpoints = endpoints;
    }

    @Override
    public ServiceReference<HttpServiceRuntime> addingService(
            ServiceReference<HttpServiceRuntime> reference) {
        Thread.ofVirtual().name("bt-web-ready").start(() -> tellWhenReady(reference));
        return reference;
    }

    /** A server is announced when it begins to listen, which is before it has its servlets. */
    private void tellWhenReady(ServiceReference<HttpServiceRuntime> reference) {
        try {
            for (int poll = 0; poll < MOST_POLLS && !isReady(reference); poll++) {
                Thread.sleep(POLL_MILLIS);
            }
            if (reference.getBundle() != null) {
                running.put(reference, urls(reference));
                tell();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isReady(ServiceReference<HttpServiceRuntime> reference) {
        HttpServiceRuntime runtime = context.getService(reference);
        if (runtime == null) {
            return true; // gone: nothing to wait for
        }
        try {
            RuntimeDTO state = runtime.getRuntimeDTO();
            Set<Long> there = new HashSet<>();
            for (FailedServletDTO failed : state.failedServletDTOs) {
                there.add(failed.serviceId);
            }
            for (ServletContextDTO part : state.servletContextDTOs) {
                for (ServletDTO servlet : part.servletDTOs) {
                    there.add(servlet.serviceId);
                }
            }
            return there.containsAll(endpoints.serviceIds());
        } catch (IllegalStateException e) {
            log.debug("servlets come and go: {}", e.toString());
            return false;
        } finally {
            context.ungetService(reference);
        }
    }

    @Override
    public void modifiedService(
            ServiceReference<HttpServiceRuntime> reference,
            ServiceReference<HttpServiceRuntime> same) {
        if (running.containsKey(reference)) {
            running.put(reference, urls(reference));
            tell();
        }
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
