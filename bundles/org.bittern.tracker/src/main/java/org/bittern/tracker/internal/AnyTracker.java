package org.bittern.tracker.internal;

/** Passes each tracker's requests to the protocol that its URL names. Thread-safe. */
final class AnyTracker implements Announcer {
    private final Announcer http;
    private final Announcer udp;

    AnyTracker(Announcer http, Announcer udp) {
        this.http = http;
        this.udp = udp;
    }

    private Announcer speaking(TrackerUrl url) {
        return url.scheme().isHttp() ? http : udp;
    }

    @Override
    public void announce(TrackerUrl url, AnnounceRequest request, Hearing hearing) {
        speaking(url).announce(url, request, hearing);
    }

    @Override
    public void scrape(ScrapeRequest request, Done done) {
        speaking(request.url()).scrape(request, done);
    }

    @Override
    public void close() {
        http.close();
        udp.close();
    }
}
