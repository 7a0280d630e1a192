package org.bittern.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * A stored session in memory. Every save is durable when it returns, as the contract says; what a
 * crash loses is what the engine had not got round to saving.
 */
final class SimState implements SessionState {
    private final Map<InfoHash, Entry> torrents = new LinkedHashMap<>();
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private Map<String, Object> settings = Map.of();
    private Map<String, Object> ledger = Map.of();
    private boolean open;
    private boolean crashed;

    private record Entry(byte[] source, byte @Nullable [] resume) {}

    /** A process takes over the session. */
    SimState opened() {
        crashed = open;
        open = true;
        return this;
    }

    @Override
    public Map<String, Object> settings() {
        return settings;
    }

    @Override
    public void saveSettings(Map<String, Object> changed) {
        settings = Map.copyOf(changed);
    }

    @Override
    public Map<String, Object> ledger() {
        return ledger;
    }

    @Override
    public void saveLedger(Map<String, Object> changed) {
        ledger = Map.copyOf(changed);
    }

    @Override
    public List<StoredTorrent> torrents() {
        List<StoredTorrent> all = new ArrayList<>();
        torrents.forEach((hash, entry) ->
                all.add(
                        new StoredTorrent(
                                hash, entry.source(), Optional.ofNullable(entry.resume()))));
        return all;
    }

    @Override
    public void saveTorrent(InfoHash infoHash, byte[] source) {
        Entry old = torrents.get(infoHash);
        torrents.put(infoHash, new Entry(source, old == null ? null : old.resume()));
    }

    @Override
    public void saveResume(InfoHash infoHash, byte[] resume) {
        Entry old = torrents.get(infoHash);
        if (old != null) {
            torrents.put(infoHash, new Entry(old.source(), resume));
        }
    }

    @Override
    public void removeTorrent(InfoHash infoHash) {
        torrents.remove(infoHash);
    }

    @Override
    public Optional<byte[]> blob(String name) {
        return Optional.ofNullable(blobs.get(name));
    }

    @Override
    public void saveBlob(String name, byte[] bytes) {
        blobs.put(name, bytes);
    }

    @Override
    public boolean afterCrash() {
        return crashed;
    }

    @Override
    public void close() {
        open = false;
    }
}
