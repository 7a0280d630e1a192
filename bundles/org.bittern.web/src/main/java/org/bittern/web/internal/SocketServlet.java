package org.bittern.web.internal;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.bittern.web.SocketHandler;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeResponse;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServerContainer;

/** Makes WebSockets of requests that the door let pass. Thread-safe. */
final class SocketServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int UPGRADE_REQUIRED = 426;

    private final transient SocketHandler handler;
    private final long messageLimit;
    private final transient LongSupplier nanos;
    private final transient Set<SocketEndpoint> open = ConcurrentHashMap.newKeySet();

    SocketServlet(SocketHandler handler, long messageLimit, LongSupplier nanos) {
        this.handler = handler;
        this.messageLimit = messageLimit;
        this.nanos = nanos;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Visit visit = Visit.of(request);
        if (!visit.isUpgrade()) {
            response.setHeader("Upgrade", "websocket");
            response.setStatus(UPGRADE_REQUIRED);
            return;
        }
        JettyWebSocketServerContainer container =
                JettyWebSocketServerContainer.getContainer(getServletContext());
        Map<String, List<String>> query = Query.parameters(visit.query());
        query.remove("token");
        Optional<String> protocol = Door.tokenProtocol(visit);
        if (!container.upgrade((from, to) -> accept(to, query, protocol), request, response)
                && !response.isCommitted()) {
            response.setHeader("Sec-WebSocket-Version", "13"); // the one version there is
            response.setStatus(UPGRADE_REQUIRED);
        }
    }

    private SocketEndpoint accept(
            JettyServerUpgradeResponse response,
            Map<String, List<String>> query,
            Optional<String> protocol) {
        protocol.ifPresent(response::setAcceptedSubProtocol);
        // No compression: it costs more than the loopback saves, and 64 KiB of memory for a client.
        response.setExtensions(List.of());
        SocketEndpoint endpoint = new SocketEndpoint(handler, query, open::remove, nanos);
        open.add(endpoint);
        return endpoint;
    }

    /** Limits of the sockets of this server, set once. */
    @Override
    public void init() {
        JettyWebSocketServerContainer container =
                JettyWebSocketServerContainer.getContainer(getServletContext());
        if (container != null) {
            container.setMaxTextMessageSize(messageLimit);
            container.setMaxBinaryMessageSize(messageLimit);
            container.setMaxFrameSize(messageLimit);
            container.setIdleTimeout(Duration.ofNanos(2 * SocketEndpoint.SILENCE_NANOS));
        }
    }

    void ping() {
        open.forEach(SocketEndpoint::ping);
    }

    void abandon() {
        List.copyOf(open).forEach(SocketEndpoint::abandon);
    }
}
