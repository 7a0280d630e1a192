package org.bittern.stream.internal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bittern.web.Access;
import org.jspecify.annotations.Nullable;

/**
 * One request to the streaming endpoint and its answer.
 *
 * @param beganNanos when it came, by the clock of the endpoint
 */
record Call(
        HttpServletRequest request,
        HttpServletResponse response,
        Exchange exchange,
        long beganNanos) {
    private static final int RETRY_SECONDS = 5;

    /** Answers a request. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    void only(List<String> methods, Action action) throws IOException, InterruptedException {
        if (methods.contains(request.getMethod())) {
            action.run();
        } else {
            response.setHeader("Allow", String.join(", ", methods));
            fail(405, "allowed here: " + String.join(", ", methods));
        }
    }

    void json(String text) throws IOException {
        text(200, "application/json", text);
    }

    /**
     * Whether the caller has shown nothing. Such a one may learn what there is, where the door asks
     * for nothing, and gets a ticket with it; contents are for who has one.
     */
    boolean isStranger() {
        return Access.of(request).right() == Access.Right.NONE;
    }

    void demand() throws IOException {
        response.setHeader("WWW-Authenticate", "Bearer realm=\"Bittern\"");
        fail(401, "the token or a ticket is needed: GET /stream tells URLs with tickets");
    }

    void fail(int status, String reason) throws IOException {
        text(status, "text/plain; charset=utf-8", reason + "\n");
    }

    /** It may be there later. */
    void unavailable(String reason) throws IOException {
        response.setHeader("Retry-After", Integer.toString(RETRY_SECONDS));
        fail(503, reason);
    }

    void head(String type) {
        response.setContentType(type);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-store");
    }

    void text(int status, String type, @Nullable String text) throws IOException {
        byte[] bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        head(type);
        response.setContentLength(bytes.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(bytes);
        }
    }

    String pathOf(String fileId) {
        return request.getContextPath() + Endpoint.STREAM + "/" + fileId;
    }

    /** As the client called us; the name was checked at the door. HTTP/1.0 knows none. */
    String root() {
        String host = request.getHeader("Host");
        return (request.isSecure() ? "https://" : "http://") + (host == null ? address() : host);
    }

    private String address() {
        String address = request.getLocalAddr();
        boolean bare = address.contains(":") && !address.startsWith("["); // IPv6
        return (bare ? "[" + address + "]" : address) + ":" + request.getLocalPort();
    }
}
