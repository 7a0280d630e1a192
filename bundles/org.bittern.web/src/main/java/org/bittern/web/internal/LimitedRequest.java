package org.bittern.web.internal;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A request whose body is a {@link LimitedBody}. Owned by the request's thread. */
final class LimitedRequest extends HttpServletRequestWrapper {
    private final long limit;
    private final Semaphore large;
    private final InstantSource clock;
    private @Nullable LimitedBody body; // null until somebody reads

    LimitedRequest(HttpServletRequest request, long limit, Semaphore large, InstantSource clock) {
        super(request);
        this.limit = limit;
        this.large = large;
        this.clock = clock;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        LimitedBody opened = body;
        if (opened == null) {
            opened = new LimitedBody(super.getInputStream(), limit, large, clock);
            body = opened;
        }
        return opened;
    }

    /** As UTF-8, whatever the request says: forms and scripts say many things. */
    @Override
    public BufferedReader getReader() throws IOException {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    /** Why the body was not read to its end; null when all is well. */
    @Nullable Refusal refusal() {
        return body == null ? null : body.refusal();
    }

    void release() {
        if (body != null) {
            body.release();
        }
    }
}
