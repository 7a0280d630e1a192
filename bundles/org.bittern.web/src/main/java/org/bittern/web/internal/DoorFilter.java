package org.bittern.web.internal;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import org.bittern.web.Access;
import org.bittern.web.Policy;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before all servlets of all contexts: the whiteboard calls a preprocessor before it looks
 * for a servlet. Thread-safe.
 */
final class DoorFilter implements Preprocessor {
    private static final Logger log = LoggerFactory.getLogger(DoorFilter.class);

    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);
    private static final Duration READY_TIME = Duration.ofSeconds(10);
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int LOGGED_CHARS = 200;
    private static final String ALLOWED_HEADERS =
            "X-TT-Auth, X-Transmission-Session-Id, Authorization, Content-Type, Range";
    private static final String EXPOSED_HEADERS =
            "X-Transmission-Session-Id, X-Transmission-Rpc-Version, Content-Range, Accept-Ranges,"
                    + " ETag";

    private static final Refusal ENDING =
            new Refusal(
                    503, "ServiceUnavailable", "the process ends", Map.of("Connection", "close"));

    private final Door door;
    private final Endpoints endpoints;
    private final Gate gate;
    private final IntSupplier streamPort;
    private final InstantSource clock;
    private final Semaphore large = new Semaphore(LimitedBody.LARGE_AT_ONCE);

    /**
     * Before all that is behind it.
     *
     * @param streamPort of media alone, 0 when they share the port of the others
     */
    DoorFilter(
            Door door,
            Endpoints endpoints,
            Gate gate,
            IntSupplier streamPort,
            InstantSource clock) {
        this.gate = gate;
        this.streamPort = streamPort;
        this.door = door;
        this.endpoints = endpoints;
        this.clock = clock;
    }

    @Override
    public void init(FilterConfig config) {
        // all it needs came through the constructor
    }

    @Override
    public void doFilter(ServletRequest anyRequest, ServletResponse anyResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) anyRequest;
        HttpServletResponse response = (HttpServletResponse) anyResponse;
        Visit visit = Visit.of(request);
        Optional<String> path = RawPath.decoded(visit.path());
        if (gate.isShut()) {
            Endpoint asked = path.flatMap(endpoints::at).orElse(Endpoint.NONE);
            harden(response, asked.policy());
            refuse(ENDING, asked, visit, response);
            return;
        }
        gate.await(READY_TIME);
        Optional<Endpoint> found =
                path.flatMap(endpoints::at).filter(there -> isAt(there, visit.port()));
        Endpoint endpoint = found.orElse(Endpoint.NONE);
        harden(response, endpoint.policy());
        switch (door.judge(visit, endpoint.policy(), path.orElse(""))) {
            case Door.Verdict.Refused(Refusal refusal, Optional<String> origin) -> {
                allow(origin, response);
                refuse(refusal, endpoint, visit, response);
                drain(request);
            }
            case Door.Verdict.Preflight(Optional<String> origin) ->
                    preflight(origin, visit, response);
            case Door.Verdict.Pass(Access access, Optional<String> origin) -> {
                allow(origin, response);
                if (found.isEmpty()) {
                    Refusal nobody = new Refusal(404, "NotFound", "there is no such path");
                    refuse(nobody, endpoint, visit, response);
                    drain(request);
                } else {
                    request.setAttribute(Access.ATTRIBUTE, access);
                    pass(request, response, endpoint, origin, chain);
                }
            }
        }
    }

    /** Media with a port of their own are an origin of their own: nothing else is there. */
    private boolean isAt(Endpoint endpoint, int port) {
        int own = streamPort.getAsInt();
        return own == 0 || (port == own) == (endpoint.policy() == Policy.STREAM);
    }

    @Override
    public void destroy() {
        // holds nothing
    }

    private void pass(
            HttpServletRequest request,
            HttpServletResponse response,
            Endpoint endpoint,
            Optional<String> origin,
            FilterChain chain)
            throws IOException, ServletException {
        if (request.getContentLengthLong() > endpoint.bodyLimit()) {
            refuse(
                    LimitedBody.tooLarge(endpoint.bodyLimit()),
                    endpoint,
                    Visit.of(request),
                    response);
            drain(request);
            return;
        }
        if (request.getContentLengthLong() == 0
                || (request.getContentLengthLong() < 0
                        && request.getHeader("Transfer-Encoding") == null)) {
            ExchangedServlet.call(request, response, chain);
            return;
        }
        LimitedRequest limited = new LimitedRequest(request, endpoint.bodyLimit(), large, clock);
        try {
            ExchangedServlet.call(limited, new CutOff(response, limited), chain);
        } catch (IOException | ServletException e) {
            if (limited.refusal() == null) {
                throw e;
            }
        } finally {
            limited.release();
        }
        Refusal refusal = limited.refusal();
        if (refusal != null && !response.isCommitted()) {
            response.reset();
            harden(response, endpoint.policy());
            allow(origin, response);
            refuse(refusal, endpoint, Visit.of(request), response);
        }
        if (refusal != null) {
            drain(request);
        }
    }

    /**
     * Leaves the answer to the door when it cut off the body: the whiteboard makes 500 of what a
     * servlet throws then.
     */
    private static final class CutOff extends HttpServletResponseWrapper {
        private final LimitedRequest limited;

        CutOff(HttpServletResponse response, LimitedRequest limited) {
            super(response);
            this.limited = limited;
        }

        @Override
        public void sendError(int status) throws IOException {
            if (limited.refusal() == null) {
                super.sendError(status);
            }
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            if (limited.refusal() == null) {
                super.sendError(status, message);
            }
        }
    }

    private static void harden(HttpServletResponse response, Policy policy) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
        response.setHeader("Cache-Control", "no-store");
        if (policy != Policy.STREAM) {
            response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        }
    }

    private static void allow(Optional<String> origin, HttpServletResponse response) {
        response.addHeader("Vary", "Origin");
        if (origin.isPresent()) {
            response.setHeader("Access-Control-Allow-Origin", origin.get());
            response.setHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
        }
    }

    private static void preflight(
            Optional<String> origin, Visit visit, HttpServletResponse response) {
        allow(origin, response);
        response.setHeader("Allow", "GET, HEAD, POST, OPTIONS");
        if (origin.isPresent()) {
            response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST");
            response.setHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS);
            response.setHeader("Access-Control-Max-Age", "600");
            // Chrome asks so before a public page may reach a private address.
            if (visit.header("Access-Control-Request-Private-Network").isPresent()) {
                response.setHeader("Access-Control-Allow-Private-Network", "true");
            }
        }
        response.setStatus(HttpServletResponse.SC_OK);
    }

    private static void refuse(
            Refusal refusal, Endpoint endpoint, Visit visit, HttpServletResponse response)
            throws IOException {
        // Never the query: it may hold a token. Never headers.
        String path = visit.path().replaceAll("[^!-~]", "?");
        log.debug(
                "{} refused: {} {} {} {}",
                visit.remote().getHostAddress(),
                visit.method(),
                path.substring(0, Math.min(path.length(), LOGGED_CHARS)),
                refusal.status(),
                refusal.message());
        byte[] body = endpoint.body(refusal).getBytes(StandardCharsets.UTF_8);
        response.setStatus(refusal.status());
        refusal.headers().forEach(response::setHeader);
        response.setContentType(endpoint.refusalType());
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }

    /**
     * Takes what is still coming of a body that nobody read, for a moment: a client that sends all
     * before it reads would meet a broken connection instead of the answer.
     */
    private void drain(HttpServletRequest request) {
        if (request.getHeader("Expect") != null) {
            return; // it waits for leave to send, and has got the answer instead
        }
        Instant deadline = clock.instant().plus(DRAIN_TIME);
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = request.getInputStream();
            while (in.read(chunk) >= 0 && clock.instant().isBefore(deadline)) {
                // only to let it pass
            }
        } catch (IOException e) {
            // The client has gone, which is all that was waited for.
        }
    }
}
