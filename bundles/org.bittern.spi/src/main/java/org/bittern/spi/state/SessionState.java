package org.bittern.spi.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.metainfo.InfoHash;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A stored session. Thread-safe; methods block and are never called on a loop.
 *
 * <p>Each write is atomic and durable: write to a temporary file, fsync, rename, fsync the
 * directory; the previous generation is kept. A torn or broken file is answered with the previous
 * generation.
 */
@ProviderType
public interface SessionState extends AutoCloseable {

    /**
     * The stored settings: {@code settings.json} as a tree of maps, lists, texts, numbers, truth
     * values. Empty when there are none.
     */
    Map<String, Object> settings() throws IOException;

    /** Replaces the stored settings; keys that nobody knows are the caller's to keep. */
    void saveSettings(Map<String, Object> settings) throws IOException;

    /** What else is kept of the session as a whole: {@code state.json}. */
    Map<String, Object> ledger() throws IOException;

    /** Replaces {@link #ledger()}. */
    void saveLedger(Map<String, Object> ledger) throws IOException;

    /** All stored torrents. One that cannot be read is left out and logged. */
    List<StoredTorrent> torrents() throws IOException;

    /**
     * Stores a torrent or replaces it.
     *
     * @param source bytes of the torrent file, or the magnet link as UTF-8
     */
    void saveTorrent(InfoHash infoHash, byte[] source) throws IOException;

    /**
     * Stores resume data.
     *
     * @param resume bencoded, as the engine defines it
     */
    void saveResume(InfoHash infoHash, byte[] resume) throws IOException;

    /** Forgets a torrent and its resume data. */
    void removeTorrent(InfoHash infoHash) throws IOException;

    /** A named blob of a bundle, for example the routing table of the DHT. */
    Optional<byte[]> blob(String name) throws IOException;

    /**
     * Stores or replaces a named blob.
     *
     * @param name as for {@link #blob}
     */
    void saveBlob(String name, byte[] bytes) throws IOException;

    /** Where the session lies, for files that people put there; empty when it is in memory only. */
    default Optional<Path> directory() {
        return Optional.empty();
    }

    /** True when the last owner did not get to close the session. */
    boolean afterCrash();

    /**
     * True when the last owner was an engine of this process that closed in good order and is being
     * replaced: the session was away for a moment only.
     */
    default boolean handedOver() {
        return false;
    }

    /** Marks the session as left in good order and unlocks it. */
    @Override
    void close();

    /**
     * A stored torrent.
     *
     * @param source bytes of the torrent file, or the magnet link as UTF-8
     * @param resume empty when there is none
     */
    record StoredTorrent(InfoHash infoHash, byte[] source, Optional<byte[]> resume) {}
}
