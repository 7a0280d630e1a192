package org.bittern.spi.discovery;

import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A running search for the peers of one torrent. Owned by the torrent's loop; every method must be
 * called there and returns at once.
 */
@ProviderType
public interface Search {
    /** Asks again now, everywhere. */
    void now();

    /** More peers are wanted: asks again when the rules of the source allow it. */
    void wantPeers();

    /** The download is complete: announced once. */
    void completed();

    /**
     * The metadata told another hash of the torrent: what is new is searched and announced, too.
     *
     * @param infoHash with all parts that are known, those of the beginning among them
     */
    void swarms(InfoHash infoHash);

    /** Replaces the trackers; ignored by other finders. */
    void trackers(List<List<String>> tiers);

    /** State of each tracker; empty for other finders. */
    List<TrackerSnapshot> status();

    /**
     * Says goodbye and ends. No callback follows but {@code done}.
     *
     * @param done called on the loop when {@code stopped} was delivered or given up, within seconds
     */
    void stop(Consumer<Boolean> done);
}
