package org.bittern.host.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.FileReason;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.bittern.spi.state.StateStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored session of an engine, whichever store is behind it at the moment: when the store's
 * bundle is replaced, the session is closed there and opened again by the next one, and operations
 * of a running engine wait meanwhile. An engine that closes without a store opens it once more in
 * the store that left. Without a directory it lives in memory and outlives the engine only.
 *
 * <p>Thread-safe: a lock around each operation, which block anyway.
 */
final class KeptSession implements SessionState {
    private static final Logger log = LoggerFactory.getLogger(KeptSession.class);

    private final @Nullable Path directory; // null: in memory
    private final StateStoreSlot stores;
    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable storeChanged = this::letGo;
    private @Nullable SessionState session; // null while the store is being replaced
    private boolean afterCrash;
    private volatile AskedSettings asked = AskedSettings.NONE;
    private volatile Map<String, Object> stored = Map.of(); // settings, as they were read or saved
    private volatile boolean patient;
    private volatile boolean handedOver;
    private boolean closed;

    private KeptSession(@Nullable Path directory, StateStoreSlot stores) {
        this.directory = directory;
        this.stores = stores;
    }

    /**
     * Opens the session.
     *
     * @throws EngineException INVALID_PATH: the directory cannot be used; UNSUPPORTED: no store
     */
    static KeptSession open(Optional<Path> directory, StateStoreSlot stores) {
        KeptSession kept = new KeptSession(directory.orElse(null), stores);
        if (directory.isEmpty()) {
            kept.session = new MemorySession();
            return kept;
        }
        try {
            kept.afterCrash = kept.with(SessionState::afterCrash);
        } catch (IOException e) {
            String why = FileReason.of(e);
            String where = directory.get().toString();
            throw new EngineException(
                    Code.INVALID_PATH,
                    why.contains(where) ? why : "state directory " + where + ": " + why,
                    e);
        }
        stores.onChange(kept.storeChanged);
        return kept;
    }

    /**
     * The stored settings under those that were asked for.
     *
     * @throws EngineException INVALID_PATH: stored settings cannot be read
     */
    Settings settings(Settings wanted) {
        Settings settings = Settings.EMPTY;
        try {
            stored = settings();
            asked = AskedSettings.NONE.and(wanted, stored);
            for (Map.Entry<String, Object> entry : stored.entrySet()) {
                Optional<Setting<?>> known = EngineSettings.named(entry.getKey());
                if (known.isPresent()) {
                    settings = parsed(settings, known.get(), entry.getValue());
                }
            }
        } catch (IOException e) {
            throw new EngineException(Code.INVALID_PATH, "stored settings: " + FileReason.of(e), e);
        }
        return settings.overlaid(wanted);
    }

    private static Settings parsed(Settings settings, Setting<?> key, Object value) {
        try {
            return settings.parsed(key, value);
        } catch (EngineException e) {
            // Its message would quote the value, and that may be a password.
            log.warn(
                    "settings.json: {} has a value that is not allowed; the default is used",
                    key.name());
            return settings;
        }
    }

    @Override
    public Map<String, Object> settings() throws IOException {
        return with(SessionState::settings);
    }

    @Override
    public void saveSettings(Map<String, Object> settings) throws IOException {
        run(state -> {
            Map<String, Object> all = asked.toStore(settings);
            state.saveSettings(all);
            stored = all;
        });
    }

    /** Asks for more of the run that goes on; like what its start asked for it is not stored. */
    void ask(Settings more) {
        asked = asked.and(more, stored);
    }

    @Override
    public Map<String, Object> ledger() throws IOException {
        return with(SessionState::ledger);
    }

    @Override
    public void saveLedger(Map<String, Object> ledger) throws IOException {
        run(state -> state.saveLedger(ledger));
    }

    @Override
    public List<StoredTorrent> torrents() throws IOException {
        return with(SessionState::torrents);
    }

    @Override
    public void saveTorrent(InfoHash infoHash, byte[] source) throws IOException {
        run(state -> state.saveTorrent(infoHash, source));
    }

    @Override
    public void saveResume(InfoHash infoHash, byte[] resume) throws IOException {
        run(state -> state.saveResume(infoHash, resume));
    }

    @Override
    public void removeTorrent(InfoHash infoHash) throws IOException {
        run(state -> state.removeTorrent(infoHash));
    }

    @Override
    public Optional<byte[]> blob(String name) throws IOException {
        return with(state -> state.blob(name));
    }

    @Override
    public void saveBlob(String name, byte[] bytes) throws IOException {
        run(state -> state.saveBlob(name, bytes));
    }

    @Override
    public Optional<Path> directory() {
        return Optional.ofNullable(directory);
    }

    /** As the first store found it: closing for a replacement is not a crash. */
    @Override
    public boolean afterCrash() {
        return afterCrash;
    }

    @Override
    public boolean handedOver() {
        return handedOver;
    }

    /** An engine closed, and another one will go on. */
    void handOver(boolean inOrder) {
        handedOver = inOrder;
    }

    /**
     * Whether operations wait for a store while it is being replaced. At the start of an engine
     * they do not: the thread that starts it is the one that also has to close it.
     */
    void patient(boolean waits) {
        patient = waits;
    }

    @Override
    public void close() {
        stores.forget(storeChanged);
        lock.lock();
        try {
            closed = true;
            closeSession();
        } finally {
            lock.unlock();
        }
    }

    private void letGo() {
        lock.lock();
        try {
            closeSession();
        } finally {
            lock.unlock();
        }
    }

    private void closeSession() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    /** The open session; null while no store is there. Called with the lock. */
    private @Nullable SessionState current() throws IOException {
        if (session == null) {
            if (closed || directory == null) {
                throw new IOException("the session is closed");
            }
            StateStore store = stores.now();
            if (store != null) {
                session = store.open(directory);
            }
        }
        return session;
    }

    private <T> T with(Operation<T> operation) throws IOException {
        while (true) {
            lock.lock();
            try {
                SessionState open = current();
                if (open != null) {
                    return operation.on(open);
                }
            } finally {
                lock.unlock();
            }
            awaitStore(); // without the lock: the session can be closed meanwhile
        }
    }

    private void awaitStore() throws IOException {
        if (!patient) {
            throw new EngineException(Code.UNSUPPORTED, "no state store is installed");
        }
        try {
            if (!stores.await()) {
                throw new IOException("there is no state store any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a state store", e);
        }
    }

    private void run(Change change) throws IOException {
        with(state -> {
            change.on(state);
            return true;
        });
    }

    private interface Operation<T> {
        T on(SessionState state) throws IOException;
    }

    private interface Change {
        void on(SessionState state) throws IOException;
    }
}
