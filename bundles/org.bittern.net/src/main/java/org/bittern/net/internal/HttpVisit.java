package org.bittern.net.internal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.net.internal.HttpLine.Hop;
import org.bittern.spi.net.FileParts;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection between one part and the next, and in mind where the last file was found
 * behind redirects. Asked by one thread after the other, closed by any.
 */
final class HttpVisit implements FileParts.Visit, HttpLine.Pool {
    /** Longer idle, a connection may be forgotten by a router on the way: silence, no refusal. */
    private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final HttpDownloads downloads;
    private final Ticker ticker;
    private final AtomicReference<@Nullable Idle> idle = new AtomicReference<>();
    private volatile boolean closed;
    private @Nullable Found found; // null unless the last part was behind a redirect

    private record Idle(HttpLine line, long sinceNanos) {}

    private record Found(String url, Hop at) {}

    HttpVisit(HttpDownloads downloads, Ticker ticker) {
        this.downloads = downloads;
        this.ticker = ticker;
    }

    @Override
    public InputStream part(String url, long offset, long length, Duration patience)
            throws IOException {
        HttpParts.Range range = new HttpParts.Range(offset, length);
        Found known = found;
        found = null; // asked anew unless it brings the part
        if (known != null && known.url.equals(url)) {
            Optional<HttpParts.Part> part = again(known.at, range, patience);
            if (part.isPresent()) {
                found = known;
                return part.get();
            }
        }
        Hop first = Hop.to(url);
        HttpParts.Part part = downloads.part(first, range, patience, this);
        if (!part.hop().equals(first)) {
            found = new Found(url, part.hop());
        }
        return part;
    }

    /** Where a redirect led may be another place now; who sent us there knows better. */
    private Optional<HttpParts.Part> again(Hop at, HttpParts.Range range, Duration patience) {
        try {
            return Optional.of(downloads.part(at, range, patience, this));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public Optional<HttpLine> take(Hop next) throws IOException {
        Idle kept = idle.get();
        if (kept == null
                || !kept.line.hop().target().isSameServer(next.target())
                || !idle.compareAndSet(kept, null)) {
            return Optional.empty(); // that of another server may yet be asked after a redirect
        }
        if (ticker.nanoTime() - kept.sinceNanos < MAX_IDLE_NANOS
                && downloads.mayServe(kept.line, next)) {
            return Optional.of(kept.line);
        }
        kept.line.socket().close();
        return Optional.empty();
    }

    @Override
    public void put(HttpLine line) throws IOException {
        Idle former = idle.getAndSet(new Idle(line, ticker.nanoTime()));
        if (former != null) {
            former.line.socket().close();
        }
        if (closed) {
            close();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        Idle kept = idle.getAndSet(null);
        if (kept != null) {
            kept.line.socket().close();
        }
    }
}
