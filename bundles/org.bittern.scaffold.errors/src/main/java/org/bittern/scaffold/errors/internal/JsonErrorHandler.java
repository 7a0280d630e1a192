package org.bittern.scaffold.errors.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty refuses by itself: broken requests, endless headers. Thread-safe. */
final class JsonErrorHandler implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        byte[] body = body(response.getStatus()).getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
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
