package org.bittern.engine.internal;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.disk.DiskStore;
import org.jspecify.annotations.Nullable;

/**
 * Back-pressure of the disk: torrents whose links are not read until the store has caught up.
 * Thread-safe.
 */
final class Pressure {
    private final Parts parts;
    private final Set<TorrentCore> waiting = ConcurrentHashMap.newKeySet();
    private @Nullable DiskStore watched; // null until a store was there
    private Subscription subscription = () -> {};

    Pressure(Parts parts) {
        this.parts = parts;
    }

    /** Watches the store that is there now. Guards two fields against two callers at a time. */
    synchronized void watch(long limitBytes) {
        Optional<DiskStore> present = parts.store();
        if (present.isPresent()) {
            present.get().waitingLimit(limitBytes);
        }
        if (!Objects.equals(present.orElse(null), watched)) {
            subscription.close();
            watched = present.orElse(null);
            subscription = watched == null ? () -> {} : watched.onRelief(this::relieved);
            relieved();
        }
    }

    synchronized void close() {
        subscription.close();
        watched = null;
        waiting.clear();
    }

    /** On the torrent's loop: stops reading its links when too much waits for the disk. */
    void afterWrite(TorrentCore torrent) {
        if (!congested() || torrent.swarm().reading().suspended()) {
            return;
        }
        torrent.swarm().reading().congested(true);
        waiting.add(torrent);
        if (!congested()) {
            relieved(); // it ended before we were in the list
        }
    }

    private boolean congested() {
        Optional<DiskStore> store = parts.store();
        return store.isPresent() && store.get().congested();
    }

    private void relieved() {
        for (TorrentCore torrent : List.copyOf(waiting)) {
            if (waiting.remove(torrent)) {
                torrent.loop().execute(() -> torrent.swarm().reading().congested(false));
            }
        }
    }
}
