package org.bittern.engine.internal;

import java.util.List;

/**
 * Whether a torrent is in its swarm, and whether blocks go either way there. Owned by the torrent's
 * loop; {@link Course} decides when.
 */
final class Presence {
    private final TorrentCore torrent;
    private boolean online;

    Presence(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** Whether it looks for peers and has links. */
    boolean online() {
        return online;
    }

    void enter() {
        online = true;
        torrent.swarm().handovers().takeUp(); // first: who is linked is not dialled
        torrent.tellTally();
        torrent.discovery().start();
        resumeTransfers();
        torrent.dialler().dial();
        torrent.wake();
    }

    void leave(String reason) {
        leave(reason, () -> {});
    }

    /**
     * Closes the links and tells the finders.
     *
     * @param done called once, when they were told
     */
    void leave(String reason, Runnable done) {
        closeLinks(reason);
        torrent.discovery().stop(torrent.loop(), done);
    }

    /** Is away for a while: no link stays, but the finders need not know. */
    void closeLinks(String reason) {
        online = false;
        torrent.swarm().closeAll(reason);
    }

    /** Whatever is wanted and possible goes on. */
    void resumeTransfers() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            peer.extension().tellWants();
            peer.down().reconsider();
            peer.up().pump();
        }
        torrent.swarm().webSeeds().refresh();
        torrent.swarm().slots().rechoke();
    }

    /** No block goes either way from now on; links stay. */
    void stopTransfers() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.isOpen()) {
                peer.down().cancelAll();
                peer.down().reconsider();
                peer.up().dropAll(true);
            }
        }
        torrent.swarm().slots().rechoke();
    }

    /** The listening port or the addresses changed. */
    void bindingChanged() {
        if (online) {
            torrent.discovery().restart();
            torrent.dialler().forgive();
        }
    }
}
