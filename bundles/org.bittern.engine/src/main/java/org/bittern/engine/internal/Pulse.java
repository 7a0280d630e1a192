package org.bittern.engine.internal;

import java.util.concurrent.TimeUnit;

/**
 * What a torrent does once a second while it has peers: measuring, time limits, asking for more.
 * Owned by the torrent's loop. Without peers there is no pulse: ten thousand idle torrents cost
 * nothing.
 */
final class Pulse {
    private static final long PULSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PULSES_PER_WISH = 15;

    private final TorrentCore torrent;
    private boolean beating;
    private boolean moved; // at the last beat
    private int beats;

    Pulse(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** Makes sure that there is a pulse as long as there is something that needs one. */
    void wake() {
        if (!beating && !torrent.removed()) {
            beating = true;
            torrent.loop().schedule(PULSE_NANOS, () -> torrent.guard(this::beat));
        }
    }

    private void beat() {
        beating = false;
        if (torrent.removed()) {
            return;
        }
        long now = torrent.loop().nanoTime();
        Swarm swarm = torrent.swarm();
        swarm.pulse(now);
        if (torrent.content() == null) {
            torrent.metadata().pulse(now);
            torrent.hashes().pulse(now);
        }
        torrent.storage().trouble().pulse(now);
        torrent.tellTally();
        if (torrent.networked() && ++beats % PULSES_PER_WISH == 0 && swarm.size() < swarm.limit()) {
            torrent.discovery().wantPeers();
        }
        boolean moving = torrent.tally().downRate(now) + torrent.tally().upRate(now) > 0;
        if (moving || moved) {
            torrent.turn().look();
            torrent.touch(); // once more at the end: the last snapshot must not show a rate
        }
        moved = moving;
        if (moving || !swarm.isEmpty()) {
            wake();
        }
    }
}
