package org.bittern.itest.osgi;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Where the HTTP server of a framework listens, as it tells the framework. */
public final class HttpEndpoint {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private HttpEndpoint() {}

    /** Its root on IPv4, once there is one. */
    public static URI awaited(BundleContext context) {
        return await().atMost(PATIENCE)
                .until(() -> root(context), Optional::isPresent)
                .map(URI::create)
                .orElseThrow();
    }

    private static Optional<String> root(BundleContext context) throws InvalidSyntaxException {
        return Arrays.stream(servers(context))
                .map(server -> server.getProperty("osgi.http.endpoint"))
                .filter(String[].class::isInstance)
                .flatMap(urls -> Arrays.stream((String[]) urls))
                .filter(url -> url.contains("127.0.0.1"))
                .findFirst();
    }

    private static ServiceReference<?>[] servers(BundleContext context)
            throws InvalidSyntaxException {
        ServiceReference<?>[] found =
                context.getAllServiceReferences(
                        "org.osgi.service.servlet.runtime.HttpServiceRuntime", null);
        return found == null ? new ServiceReference<?>[0] : found;
    }
}
