package org.bittern.tracker.internal;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.net.EventLoop;

/** Talks to trackers. Any thread; returns at once. */
interface Announcer {
    /**
     * Makes an announce, on each address family that the tracker has.
     *
     * @param hearing called on the loop of the torrent
     */
    void announce(TrackerUrl url, AnnounceRequest request, Hearing hearing);

    /**
     * Asks for the sizes of a swarm (BEP 48).
     *
     * @param done called on the loop; empty when the tracker did not tell
     */
    void scrape(ScrapeRequest request, Done done);

    /** Drops what belongs to a loop that is going away, or everything. */
    void close();

    /** Who waits for an announce. */
    interface Hearing {
        /** The announce is over. Called exactly once, unless {@link #close} comes first. */
        void over(Outcome outcome, boolean trusted);

        /** More peers of the same announce: by the other address family, or names looked up. */
        void morePeers(List<InetSocketAddress> peers, boolean trusted);
    }

    /** Who waits for a scrape. */
    interface Done {
        void scraped(Optional<Outcome.Counts> counts);
    }

    /**
     * One scrape.
     *
     * @param url as for announces
     * @param bound see {@link Binding}
     * @param swarm info-hash on the wire, 20 bytes
     */
    record ScrapeRequest(TrackerUrl url, Binding bound, byte[] swarm, EventLoop loop) {}
}
