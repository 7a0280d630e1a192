package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session in one directory. Thread-safe: one lock around each call, since callers are few, block
 * anyway, and wait for the same disk.
 *
 * <pre>
 * session.lock            held while the session is open
 * clean                   there while the session is closed in good order
 * settings.json           state.json
 * torrents/&lt;id&gt;.torrent   or .magnet
 * resume/&lt;id&gt;.resume      blobs/&lt;name&gt;
 * </pre>
 */
final class FileSession implements SessionState {
    private static final Pattern BLOB_NAME =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?");
    private static final List<String> RESERVED =
            List.of(Generations.TEMPORARY, Generations.PREVIOUS, Generations.BROKEN);
    private static final byte[] CLEAN = {'\n'};
    private static final Logger log = LoggerFactory.getLogger(FileSession.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Path directory;
    private final SessionLock owner;
    private final Generations files;
    private final TorrentFiles torrents;
    private final boolean afterCrash;
    private boolean closed;

    /**
     * Opens or makes the session.
     *
     * @throws IOException the directory cannot be used, or another process uses it
     */
    FileSession(Path directory, FileOps ops) throws IOException {
        this.directory = directory.toAbsolutePath().normalize();
        files = new Generations(ops);
        ops.makeDirectories(this.directory);
        Path lockFile = this.directory.resolve("session.lock");
        owner = SessionLock.take(lockFile);
        boolean opened = false;
        try {
            files.sweep(this.directory);
            ops.makeDirectories(blobs());
            files.sweep(blobs());
            torrents = new TorrentFiles(ops, files, this.directory);
            afterCrash = owner.usedBefore() && !ops.exists(clean());
            ops.delete(clean());
            ops.syncDirectory(this.directory);
            opened = true;
        } finally {
            if (!opened) {
                owner.close();
            }
        }
        log.debug("session in {} opened, after a crash: {}", this.directory, afterCrash);
    }

    @Override
    public Map<String, Object> settings() throws IOException {
        return locked(() -> files.read(settingsFile(), Format.JSON).orElseGet(Map::of));
    }

    @Override
    public void saveSettings(Map<String, Object> settings) throws IOException {
        save(settingsFile(), JsonWriter.write(settings), Format.JSON);
    }

    @Override
    public Map<String, Object> ledger() throws IOException {
        return locked(() -> files.read(ledgerFile(), Format.JSON).orElseGet(Map::of));
    }

    @Override
    public void saveLedger(Map<String, Object> ledger) throws IOException {
        save(ledgerFile(), JsonWriter.write(ledger), Format.JSON);
    }

    @Override
    public List<StoredTorrent> torrents() throws IOException {
        return locked(torrents::all);
    }

    @Override
    public void saveTorrent(InfoHash infoHash, byte[] source) throws IOException {
        run(() -> torrents.save(infoHash, source));
    }

    @Override
    public void saveResume(InfoHash infoHash, byte[] resume) throws IOException {
        run(() -> torrents.saveResume(infoHash, resume));
    }

    @Override
    public void removeTorrent(InfoHash infoHash) throws IOException {
        run(() -> torrents.remove(infoHash));
    }

    @Override
    public Optional<byte[]> blob(String name) throws IOException {
        Path file = blobFile(name);
        return locked(() -> files.read(file, Format.BLOB));
    }

    /** Stores a blob; one of no bytes is the same as none. */
    @Override
    public void saveBlob(String name, byte[] bytes) throws IOException {
        Path file = blobFile(name);
        if (bytes.length > 0) {
            save(file, bytes, Format.BLOB);
        } else {
            run(() -> files.remove(file));
        }
    }

    @Override
    public Optional<Path> directory() {
        return Optional.of(directory);
    }

    @Override
    public boolean afterCrash() {
        return afterCrash;
    }

    @Override
    public void close() {
        end(true);
    }

    /** Unlocks the session and leaves it as a crash would: its owner has not finished with it. */
    void abandon() {
        end(false);
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void end(boolean inGoodOrder) {
        lock.lock();
        try {
            if (!closed && inGoodOrder) {
                files.write(clean(), CLEAN, Format.BLOB);
            }
        } catch (IOException e) {
            log.warn("session in {} could not be marked as closed: {}", directory, e.getMessage());
        } finally {
            closed = true;
            owner.close(); // closing it twice does no harm
            lock.unlock();
        }
    }

    private void save(Path file, byte[] bytes, Format<?> format) throws IOException {
        run(() -> files.write(file, bytes, format));
    }

    /** A call that blocks on files. */
    private interface Call<T> {
        T call() throws IOException;
    }

    /** The same without an answer. */
    private interface Action {
        void run() throws IOException;
    }

    private void run(Action action) throws IOException {
        locked(() -> {
            action.run();
            return true;
        });
    }

    private <T> T locked(Call<T> call) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the session in " + directory + " is closed");
            }
            return call.call();
        } finally {
            lock.unlock();
        }
    }

    private Path settingsFile() {
        return directory.resolve("settings.json");
    }

    private Path ledgerFile() {
        return directory.resolve("state.json");
    }

    private Path clean() {
        return directory.resolve("clean");
    }

    private Path blobs() {
        return directory.resolve("blobs");
    }

    private Path blobFile(String name) {
        if (!BLOB_NAME.matcher(name).matches() || RESERVED.stream().anyMatch(name::endsWith)) {
            throw new IllegalArgumentException(
                    "blob name \"%s\"; %s not ending in one of %s is allowed"
                            .formatted(name, BLOB_NAME, RESERVED));
        }
        return blobs().resolve(name);
    }
}
