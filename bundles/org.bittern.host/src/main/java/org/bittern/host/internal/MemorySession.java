package org.bittern.host.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;

/**
 * A session that leaves nothing behind. Guarded by the lock of {@link KeptSession}, its only user.
 */
final class MemorySession implements SessionState {
    private final Map<InfoHash, byte[]> sources = new LinkedHashMap<>();
    private final Map<InfoHash, byte[]> resumes = new LinkedHashMap<>();
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private Map<String, Object> settings = Map.of();
    private Map<String, Object> ledger = Map.of();

    @Override
    public Map<String, Object> settings() {
        return settings;
    }

    @Override
    public void saveSettings(Map<String, Object> changed) {
        settings = new LinkedHashMap<>(changed);
    }

    @Override
    public Map<String, Object> ledger() {
        return ledger;
    }

    @Override
    public void saveLedger(Map<String, Object> changed) {
        ledger = new LinkedHashMap<>(changed);
    }

    @Override
    public List<StoredTorrent> torrents() {
        return sources.entrySet().stream()
                .map(entry ->
                        new StoredTorrent(
                                entry.getKey(),
                                entry.getValue(),
                                Optional.ofNullable(resumes.get(entry.getKey()))))
                .toList();
    }

    @Override
    public void saveTorrent(InfoHash infoHash, byte[] source) {
        sources.put(infoHash, source.clone());
    }

    @Override
    public void saveResume(InfoHash infoHash, byte[] resume) {
        resumes.put(infoHash, resume.clone());
    }

    @Override
    public void removeTorrent(InfoHash infoHash) {
        sources.remove(infoHash);
        resumes.remove(infoHash);
    }

    @Override
    public Optional<byte[]> blob(String name) {
        return Optional.ofNullable(blobs.get(name));
    }

    @Override
    public void saveBlob(String name, byte[] bytes) {
        blobs.put(name, bytes.clone());
    }

    @Override
    public boolean afterCrash() {
        return false;
    }

    @Override
    public void close() {
        // nothing is held outside of memory
    }
}
