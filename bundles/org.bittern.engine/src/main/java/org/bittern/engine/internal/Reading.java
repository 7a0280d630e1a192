package org.bittern.engine.internal;

/**
 * Whether the links of a torrent are read. They are not while the disk does not keep up, and not
 * while there is none: what peers send waits in the sockets then. Owned by the torrent's loop.
 */
final class Reading {
    private final Swarm swarm;
    private boolean congested;
    private boolean storeless;

    Reading(Swarm swarm) {
        this.swarm = swarm;
    }

    boolean suspended() {
        return congested || storeless;
    }

    /** More waits for the disk than may, or does not any more. */
    void congested(boolean now) {
        boolean before = suspended();
        congested = now;
        follow(before);
    }

    /** There is no store for a moment, or there is one again. */
    void storeless(boolean now) {
        boolean before = suspended();
        storeless = now;
        follow(before);
    }

    private void follow(boolean before) {
        if (before != suspended()) {
            for (PeerSession peer : swarm.peers()) {
                if (peer.isOpen()) {
                    peer.link().suspendReading(!before);
                }
            }
        }
    }
}
