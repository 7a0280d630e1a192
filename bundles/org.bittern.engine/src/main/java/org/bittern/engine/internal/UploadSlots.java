package org.bittern.engine.internal;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.choice.Choker;

/**
 * When the slots for uploads are given out, and to how many peers; the {@link Choker} says to whom.
 * Owned by the torrent's loop.
 */
final class UploadSlots {
    private final TorrentCore torrent;
    private final Swarm swarm;
    private final Choker choker;
    private long nextRoundNanos;
    private boolean roundDue;

    UploadSlots(TorrentCore torrent, Swarm swarm) {
        this.torrent = torrent;
        this.swarm = swarm;
        choker = new Choker(torrent.session().random());
    }

    /** Somebody wants blocks or does not any more: slots may be free. */
    void interestChanged() {
        if (!roundDue) {
            roundDue = true;
            torrent.loop().execute(this::dueRound);
        }
    }

    private void dueRound() {
        roundDue = false;
        int slots = count();
        int taken = 0;
        boolean waiting = false;
        for (PeerSession peer : swarm.peers()) {
            taken += peer.up().choking() || !peer.up().interested() ? 0 : 1;
            waiting |= peer.up().choking() && peer.up().interested();
        }
        if (!torrent.uploads() || (waiting && taken < slots)) {
            rechoke();
        }
    }

    private int count() {
        int own = torrent.options().get(TorrentOptions.UPLOAD_SLOTS);
        return own > 0 ? own : torrent.session().setting(EngineSettings.UPLOAD_SLOTS_PER_TORRENT);
    }

    /** Gives out the slots anew at once: transfers began or ended. */
    void rechoke() {
        round(torrent.loop().nanoTime());
    }

    private void round(long nowNanos) {
        nextRoundNanos = nowNanos + Choker.ROUND_NANOS;
        List<PeerSession> peers = swarm.peers();
        Content content = torrent.content();
        Set<PeerSession> chosen =
                torrent.uploads() && content != null
                        ? choker.choose(List.copyOf(peers), content.finished(), count(), nowNanos)
                        : Collections.emptySet();
        for (PeerSession peer : peers) {
            if (peer.isOpen()) {
                peer.optimistic(choker.isOptimistic(peer));
                peer.choke(!chosen.contains(peer));
            }
        }
    }

    /** Once a second while there are peers. */
    void pulse(long nowNanos) {
        if (nowNanos - nextRoundNanos >= 0) {
            round(nowNanos);
        }
    }
}
