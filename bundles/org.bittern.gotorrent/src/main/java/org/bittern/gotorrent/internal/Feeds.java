package org.bittern.gotorrent.internal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.host.EngineHost;
import org.bittern.web.ClientConnection;

/** The feeds that are open. Thread-safe; guarded by its lock, under which nothing blocks. */
final class Feeds implements AutoCloseable {
    static final String PATH = "/events";

    /** Each holds a connection and a virtual thread. */
    private static final int MOST_FEEDS = 64;

    /** A client that takes nothing for so long has gone. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final EngineHost host;
    private final Calls calls;
    private final Set<Feed> open = new HashSet<>();
    private boolean closed;

    Feeds(EngineHost host, Calls calls) {
        this.host = host;
        this.calls = calls;
    }

    /** Whether there is somebody to tell of, and place for one more. */
    synchronized Optional<Answer.Failure> obstacle() {
        if (host.engine().isEmpty()) {
            return Optional.of(new Answer.Failure(503, "no engine is running"));
        }
        return closed || open.size() >= MOST_FEEDS
                ? Optional.of(new Answer.Failure(503, "too many feeds, at most " + MOST_FEEDS))
                : Optional.empty();
    }

    /** Tells a client until it goes. */
    void serve(HttpServletRequest request, HttpServletResponse response, boolean extended)
            throws IOException {
        response.setContentType("text/event-stream");
        response.setHeader("X-Accel-Buffering", "no"); // nginx would keep events back
        if (request.getMethod().equals("HEAD")) {
            return;
        }
        response.flushBuffer();
        Feed feed =
                new Feed(
                        host,
                        calls,
                        extended,
                        text -> {
                            response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                            response.flushBuffer();
                        });
        begin(feed);
        try (ClientConnection connection = ClientConnection.of(request)) {
            connection.patience(PATIENCE);
            try (var _ = connection.watch(feed::end)) {
                feed.tell(Optional.ofNullable(request.getHeader("Last-Event-ID")));
            } finally {
                connection.abort(); // it has no end of its own
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(feed);
        }
    }

    private synchronized void begin(Feed feed) {
        open.add(feed);
        if (closed) {
            feed.end();
        }
    }

    private synchronized void end(Feed feed) {
        open.remove(feed);
    }

    /** Ends them all: clients come back to whoever follows. */
    @Override
    public synchronized void close() {
        closed = true;
        open.forEach(Feed::end);
    }
}
