package org.bittern.scaffold.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Felix listen on 127.0.0.1 and, on the same port, on ::1, and says once when it does.
 * Thread-safe.
 *
 * <p>One Felix server listens on one address, so there are two. The second is only asked for when
 * the port of the first is known.
 */
final class RpcPort {
    private static final Logger log = LoggerFactory.getLogger(RpcPort.class);

    private static final String PID = "org.apache.felix.http";
    private static final String V4 = "127.0.0.1";
    private static final String V6 = "::1";

    /** How long the second server may keep the announcement of the first waiting. */
    private static final int SECOND_SECONDS = 2;

    private final ConfigurationAdmin admin;
    private final Duration idle;
    private final IntConsumer announcement;
    private final AtomicBoolean announced = new AtomicBoolean();

    /**
     * Listens nowhere yet.
     *
     * @param idle silence after which a connection is closed
     * @param announcement called once, with the port
     */
    RpcPort(ConfigurationAdmin admin, Duration idle, IntConsumer announcement) {
        this.admin = admin;
        this.idle = idle;
        this.announcement = announcement;
    }

    /**
     * Asks for the first server, unless one is there from an earlier generation of this bundle: it
     * stays, and its port was announced.
     *
     * @param port 0 for any free one
     * @return false when the port is taken
     */
    boolean open(int port) {
        try {
            if (admin.listConfigurations("(service.factoryPid=" + PID + ")") != null) {
                announced.set(true);
                return true;
            }
            if (!isFree(V4, port)) {
                return false;
            }
            configure(V4, port);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server has begun to serve; these are the URLs of all of them. */
    void serving(Collection<String> endpoints) {
        Optional<Integer> port =
                endpoints.stream()
                        .map(URI::create)
                        .filter(uri -> V4.equals(uri.getHost()))
                        .map(URI::getPort)
                        .findFirst();
        if (port.isEmpty() || announced.get()) {
            return;
        }
        if (endpoints.stream().anyMatch(url -> url.contains("[")) || !isFree(V6, port.get())) {
            announce(port.get());
            return;
        }
        try {
            configure(V6, port.get());
        } catch (IOException e) {
            log.warn("not reachable at ::1: {}", e.getMessage());
        }
        CompletableFuture.delayedExecutor(SECOND_SECONDS, TimeUnit.SECONDS)
                .execute(() -> announce(port.get()));
    }

    private void announce(int port) {
        if (announced.compareAndSet(false, true)) {
            announcement.accept(port);
        }
    }

    /** Felix itself would only log that it cannot listen. */
    private static boolean isFree(String address, int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private void configure(String address, int port) throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put("org.apache.felix.http.host", address);
        properties.put("org.osgi.service.http.port", port);
        properties.put("org.apache.felix.http.timeout", (int) idle.toMillis());
        properties.put("org.apache.felix.http.jetty.virtualthreads.enable", true);
        // Paths are compared as they come and never decoded, so an odd one is only not found.
        properties.put("org.eclipse.jetty.UriComplianceMode", "UNSAFE");
        properties.put("org.apache.felix.http.jetty.sendServerHeader", false);
        properties.put("org.apache.felix.jetty.gziphandler.enable", false);
        admin.getFactoryConfiguration(PID, address.equals(V4) ? "v4" : "v6", "?")
                .update(FrameworkUtil.asDictionary(properties));
    }
}
