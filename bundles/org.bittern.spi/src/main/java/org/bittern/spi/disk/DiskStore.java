package org.bittern.spi.disk;

import org.bittern.api.engine.Subscription;
import org.osgi.annotation.versioning.ProviderType;

/** A place for the pieces of torrents. Thread-safe. */
@ProviderType
public interface DiskStore {
    /** Service property: {@code file} or {@code memory}. */
    String KIND = "bittern.store";

    /**
     * Opens the store of one torrent. Touches no file yet, returns at once; {@link
     * TorrentStore#prepare} comes next.
     *
     * @throws IllegalStateException the bundle of the store has stopped
     */
    TorrentStore open(StoreSpec spec);

    /**
     * Bytes that were given to {@link TorrentStore#write} and are not written yet, of all torrents.
     */
    long waitingBytes();

    /**
     * Changes how many bytes may wait.
     *
     * @param bytes 4 MiB or more
     */
    void waitingLimit(long bytes);

    /**
     * True from 7/8 of the limit on until waiting bytes fall to 3/4 of it: sockets must not be read
     * for payload meanwhile.
     */
    boolean congested();

    /**
     * Tells when {@link #congested} ends.
     *
     * @param relieved called on a thread of the store; must return at once
     */
    Subscription onRelief(Runnable relieved);
}
