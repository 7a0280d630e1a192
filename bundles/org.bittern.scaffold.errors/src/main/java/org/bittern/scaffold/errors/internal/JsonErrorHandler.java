package org.bittern.scaffold.errors.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;

/** Answers what Jetty refuses by itself: broken requests, endless headers. Thread-safe. */
final class JsonErrorHandler implements Request.Handler {
    private static final int LOGGED_CHARS = 200;

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        byte[] body = body(status).getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        System.err.println(line(request, status));
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    /** The line of the log that each call has; of a request that is not HTTP little is known. */
    private static String line(Request request, int status) {
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "-");
        return "%s %s %s %d %d ms %s"
                .formatted(
                        Instant.ofEpochMilli(Request.getTimeStamp(request)),
                        Objects.requireNonNullElse(request.getMethod(), "-"),
                        path.substring(0, Math.min(path.length(), LOGGED_CHARS)),
                        status,
                        NanoTime.millisSince(request.getBeginNanoTime()),
                        code(status));
    }

    /** The answer to a status; its text is ours, so that nothing in it needs escaping. */
    static String body(int status) {
        String reason = HttpStatus.getMessage(status).toLowerCase(Locale.ROOT);
        return "{\"ok\":false,\"error\":\"the server refuses this: %s\",\"code\":\"%s\"}"
                .formatted(reason, code(status));
    }

    private static String code(int status) {
        if (status == HttpStatus.NOT_FOUND_404) {
            return "NotFound";
        }
        return HttpStatus.isServerError(status) ? "InternalError" : "InvalidRequest";
    }
}
