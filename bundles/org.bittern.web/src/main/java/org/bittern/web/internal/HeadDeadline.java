package org.bittern.web.internal;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections on which request line and headers do not come to their end. The server knows a
 * timeout for silence only: whoever sent a byte now and then would hold a connection for ever.
 *
 * <p>Felix shows its connectors to nobody, but every request knows the one that it came by. So it
 * stands before all servlets, and holds what comes by a connector to the deadline from the first
 * request on. Thread-safe.
 */
final class HeadDeadline implements Preprocessor {
    private static final Logger log = LoggerFactory.getLogger(HeadDeadline.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private final Set<Connector> connectors = ConcurrentHashMap.newKeySet();
    private volatile long mostNanos = Long.MAX_VALUE;

    /** Holds nobody to anything before it is told how long a head may take. */
    HeadDeadline(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void adopt(Duration headTime) {
        mostNanos = headTime.toNanos();
    }

    @Override
    public void init(FilterConfig config) {
        // all it needs came through the constructor
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        watch(
                ServletContextRequest.getServletContextRequest(request)
                        .getConnectionMetaData()
                        .getConnector());
        chain.doFilter(request, response);
    }

    @Override
    public void destroy() {
        // ends with the thread that runs it
    }

    /** From now on the connections of this connector are looked at. */
    void watch(Connector connector) {
        connectors.add(connector);
    }

    /** Looks again and again, until the thread is interrupted. */
    void run() {
        try {
            while (true) {
                Thread.sleep(PAUSE);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the door goes
        }
    }

    /**
     * Closes what is late.
     *
     * @return how many connections
     */
    int look() {
        connectors.removeIf(connector -> !connector.isRunning());
        int late = 0;
        for (Connector connector : connectors) {
            for (EndPoint client : connector.getConnectedEndPoints()) {
                if (isLate(client.getConnection())) {
                    log.debug("{}: no whole head in time", client.getRemoteSocketAddress());
                    client.close();
                    late++;
                }
            }
        }
        return late;
    }

    private boolean isLate(Connection connection) {
        Connection inner =
                connection instanceof SslConnection secured
                        ? secured.getSslEndPoint().getConnection()
                        : connection;
        if (!(inner instanceof HttpConnection http)) {
            return false; // a WebSocket, or still being made
        }
        HttpParser parser = http.getParser();
        // The state is looked at first: the parser writes it after the time.
        return parser.inHeaderState()
                && !parser.isIdle()
                && nanos.getAsLong() - parser.getBeginNanoTime() >= mostNanos;
    }
}
