package org.bittern.tracker.internal;

import java.util.Optional;
import org.bittern.bencode.BString;

/**
 * What one tracker knows of us in one swarm; a hybrid torrent has two. Owned by the torrent's loop.
 */
final class Account {
    private final byte[] swarm;
    private boolean started;
    private boolean completedDue;
    private Optional<BString> trackerId = Optional.empty();

    /** Nothing is known yet in the swarm of this hash, 20 bytes, not copied. */
    Account(byte[] swarm) {
        this.swarm = swarm;
    }

    byte[] swarm() {
        return swarm;
    }

    Optional<BString> trackerId() {
        return trackerId;
    }

    /** Whether the tracker has us on its list. */
    boolean isStarted() {
        return started;
    }

    /** Whether the tracker is yet to hear that the download is complete. */
    boolean isCompletedDue() {
        return started && completedDue;
    }

    /** The download is complete. */
    void complete() {
        completedDue = true;
    }

    /**
     * What the next announce is about.
     *
     * @param partialSeed incomplete, and nothing more is wanted
     */
    AnnounceEvent next(boolean partialSeed) {
        if (!started) {
            return AnnounceEvent.STARTED;
        }
        if (completedDue) {
            return AnnounceEvent.COMPLETED;
        }
        return partialSeed ? AnnounceEvent.PAUSED : AnnounceEvent.NONE;
    }

    /** The tracker has taken an announce. */
    void taken(AnnounceEvent event, Optional<BString> newTrackerId) {
        trackerId = newTrackerId.or(() -> trackerId);
        switch (event) {
            case STARTED -> started = true;
            case COMPLETED -> completedDue = false;
            case STOPPED -> started = false;
            case NONE, PAUSED -> {
                // nothing new
            }
        }
    }
}
