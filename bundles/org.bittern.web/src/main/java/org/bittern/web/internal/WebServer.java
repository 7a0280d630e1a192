package org.bittern.web.internal;

import jakarta.servlet.Servlet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.host.ProcessControl;
import org.bittern.web.Listening;
import org.bittern.web.Tickets;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the door to the whiteboard, and the server to its configuration. Used by {@link Web}. */
final class WebServer {
    private static final Logger log = LoggerFactory.getLogger(WebServer.class);

    private static final int EXIT_FAILURE = 1;
    private static final int SESSION_ID_LENGTH = 48;
    private static final String SESSION_ID_LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final BundleContext context;
    private final ServerConfigurations configurations;
    private final String token;
    private final boolean tokenSupplied;
    private final Door door;
    private final Gate gate = new Gate();
    private final Endpoints endpoints = new Endpoints();
    private final HeadDeadline heads = new HeadDeadline(System::nanoTime);
    private final Thread headLooks;
    private final Servers servers;
    private final Sockets sockets;
    private final ServiceTracker<Servlet, ServiceReference<Servlet>> servlets;
    private final RuntimeTracker runtimes;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final Optional<ConnectionFile> connectionFile;
    private final SynchronousBundleListener ending = this::bundleChanged;
    private @Nullable ServiceRegistration<Listening> listening; // null while nothing listens

    /** Opens the door, then the server behind it. */
    WebServer(
            BundleContext context,
            WebConfig config,
            ServerConfigurations configurations,
            ProcessControl process) {
        this.context = context;
        this.configurations = configurations;
        SecureRandom random = new SecureRandom();
        tokenSupplied = !config._token().isEmpty();
        token = tokenSupplied ? config._token() : Secret.random(random);
        byte[] ticketKey = new byte[32];
        random.nextBytes(ticketKey);
        TicketMint tickets = new TicketMint(ticketKey, InstantSource.system());
        door =
                new Door(
                        Rules.of(config),
                        token,
                        sessionId(random),
                        new Lockout(InstantSource.system()),
                        tickets);
        connectionFile = connectionFile(config);
        context.addBundleListener(ending);
        servers = new Servers(configurations, this::listening);
        servlets = new ServletTracker(context, endpoints);
        servlets.open();
        register(
                Preprocessor.class,
                new DoorFilter(door, endpoints, gate, servers::streamPort, InstantSource.system()),
                Map.of());
        register(Preprocessor.class, heads, Map.of(Constants.SERVICE_RANKING, 1)); // the first
        register(Tickets.class, tickets, Map.of());
        headLooks = Thread.ofVirtual().name("bt-web-heads").start(heads::run);
        sockets = new Sockets(context, System::nanoTime);
        sockets.open();
        runtimes = new RuntimeTracker(context, servers, endpoints);
        runtimes.open();
        servers.hold(!config.open());
        Optional<String> problem = move(config);
        if (problem.isPresent()) {
            // The one line of a start that cannot be: for whoever typed the command.
            System.err.println("bittern: " + problem.get());
            process.exit(EXIT_FAILURE);
        }
    }

    private <T> void register(Class<T> type, T service, Map<String, ?> properties) {
        registrations.add(
                context.registerService(type, service, FrameworkUtil.asDictionary(properties)));
    }

    /** Takes a changed configuration into use. */
    void modified(WebConfig config) {
        Optional<String> problem = move(config);
        if (problem.isPresent()) {
            log.error("web server stays as it was: {}", problem.get());
        } else {
            door.adopt(Rules.of(config));
        }
        servers.hold(!config.open());
    }

    /** The whole framework stops, whoever asked for it: before any bundle does. */
    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            gate.shut();
        }
    }

    void close() {
        context.removeBundleListener(ending);
        headLooks.interrupt();
        leave();
        runtimes.close();
        sockets.close();
        registrations.forEach(ServiceRegistration::unregister);
        servlets.close();
    }

    /**
     * Waits for the servers: who comes next needs their ports, and when the whole framework stops
     * no servlet may leave while its server is closing. But then whoever tells servers that they
     * are not wanted any more may be gone already, and they stay until their own bundle stops.
     */
    private void leave() {
        try {
            if (configurations.isHeard()) {
                servers.leave();
            } else {
                servers.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> move(WebConfig config) {
        try {
            RequestLimits limits = RequestLimits.of(config);
            Optional<String> problem = servers.move(Binding.of(config));
            if (problem.isEmpty()) {
                heads.adopt(limits.headTime());
                endpoints.limitBodies(limits.bodyBytes());
            }
            return problem;
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<ConnectionFile> connectionFile(WebConfig config) {
        return config.connection_file().isEmpty()
                ? Optional.empty()
                : Optional.of(new ConnectionFile(Path.of(config.connection_file())));
    }

    /** Calls come one at a time, under the lock of {@link Servers}. */
    private void listening(List<URI> roots) {
        if (listening != null) {
            listening.unregister();
            listening = null;
        }
        if (roots.isEmpty()) {
            gate.close();
        } else {
            gate.open();
        }
        try {
            if (roots.isEmpty()) {
                if (connectionFile.isPresent()) {
                    connectionFile.get().remove();
                }
                return;
            }
            if (connectionFile.isPresent()) {
                connectionFile
                        .get()
                        .write(
                                roots.getFirst().getPort(),
                                tokenSupplied ? Optional.empty() : Optional.of(token));
            }
        } catch (IOException e) {
            log.warn("connection file: {}", e.toString());
        }
        log.info("listening at {}", roots);
        listening =
                context.registerService(
                        Listening.class,
                        new Roots(roots.getFirst().getPort(), roots),
                        FrameworkUtil.asDictionary(Map.of()));
    }

    private record Roots(int port, List<URI> roots) implements Listening {}

    private static String sessionId(SecureRandom random) {
        StringBuilder id = new StringBuilder();
        random.ints(SESSION_ID_LENGTH, 0, SESSION_ID_LETTERS.length())
                .forEach(index -> id.append(SESSION_ID_LETTERS.charAt(index)));
        return id.toString();
    }

    /** Tells the door which servlets are there; never takes one into use. */
    private static final class ServletTracker
            extends ServiceTracker<Servlet, ServiceReference<Servlet>> {
        private final Endpoints endpoints;

        ServletTracker(BundleContext context, Endpoints endpoints) {
            super(context, Servlet.class, null);
            this.endpoints = endpoints;
        }

        @Override
        public ServiceReference<Servlet> addingService(ServiceReference<Servlet> reference) {
            endpoints.put(reference);
            return reference;
        }

        @Override
        public void modifiedService(
                ServiceReference<Servlet> reference, ServiceReference<Servlet> same) {
            endpoints.put(reference);
        }

        @Override
        public void removedService(
                ServiceReference<Servlet> reference, ServiceReference<Servlet> same) {
            endpoints.remove(reference);
        }
    }
}
