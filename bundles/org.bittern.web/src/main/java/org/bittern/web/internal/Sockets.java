package org.bittern.web.internal;

import jakarta.servlet.Servlet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.web.Policy;
import org.bittern.web.SocketHandler;
import org.bittern.web.WebEndpoint;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.servlet.whiteboard.HttpWhiteboardConstants;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts each {@link SocketHandler} behind a servlet of its own, and pings. Thread-safe. */
final class Sockets
        implements ServiceTrackerCustomizer<SocketHandler, Sockets.Served>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private static final int PING_SECONDS = 15;
    private static final long DEFAULT_MESSAGE_LIMIT = 1 << 16;

    private final BundleContext context;
    private final LongSupplier nanos;
    private final ServiceTracker<SocketHandler, Served> tracker;
    private final Set<SocketServlet> all = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService pings =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("bt-web-ping").factory());

    private @Nullable ScheduledFuture<?> pinging; // null before it is opened

    /** A handler that is being served. */
    record Served(SocketServlet servlet, ServiceRegistration<Servlet> registration) {}

    /** Takes monotonic nanoseconds. */
    Sockets(BundleContext context, LongSupplier nanos) {
        this.context = context;
        this.nanos = nanos;
        tracker = new ServiceTracker<>(context, SocketHandler.class, this);
    }

    void open() {
        tracker.open();
        pinging =
                pings.scheduleAtFixedRate(this::ping, PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (pinging != null) {
            pinging.cancel(false);
        }
        pings.shutdownNow();
        tracker.close();
    }

    @Override
    public @Nullable Served addingService(ServiceReference<SocketHandler> reference) {
        if (!(reference.getProperty(SocketHandler.PATH) instanceof String path)) {
            log.warn("a socket handler names no path: it is not reachable");
            return null;
        }
        Object limit = reference.getProperty(SocketHandler.MESSAGE_LIMIT);
        SocketServlet servlet =
                new SocketServlet(
                        context.getService(reference),
                        limit instanceof Number number ? number.longValue() : DEFAULT_MESSAGE_LIMIT,
                        nanos);
        Map<String, Object> properties = new HashMap<>();
        properties.put(HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN, path);
        properties.put(HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_ASYNC_SUPPORTED, true);
        properties.put(WebEndpoint.POLICY, Policy.TOKEN.name());
        Served served =
                new Served(
                        servlet,
                        context.registerService(
                                Servlet.class, servlet, FrameworkUtil.asDictionary(properties)));
        all.add(servlet);
        return served;
    }

    @Override
    public void modifiedService(ServiceReference<SocketHandler> reference, Served served) {
        // the path is read once
    }

    @Override
    public void removedService(ServiceReference<SocketHandler> reference, Served served) {
        all.remove(served.servlet());
        served.registration().unregister();
        served.servlet().abandon();
        context.ungetService(reference);
    }

    private void ping() {
        all.forEach(SocketServlet::ping);
    }
}
