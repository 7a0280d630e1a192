package org.bittern.engine.internal.choice;

/**
 * When a peer has waited too long with its answers. Owned by the torrent loop; not thread-safe.
 *
 * <p>A peer that has requests to answer and sends nothing for {@link #timeoutNanos} is snubbed: its
 * requests are freed for others ({@link PiecePicker#timedOut}), its queue shrinks to one ({@link
 * RequestQueue#snubbed}), and it counts for less at the choker. The first bytes of a block end it.
 * The patience follows the peer: the mean time between its blocks and four times the usual
 * deviation, as TCP does for its retransmissions (Jacobson, 1988), within {@link #LEAST_NANOS} and
 * {@link #MOST_NANOS}; a slow peer that sends a block each 20 seconds is no reason for alarm.
 */
public final class RequestTimer {
    /** Shortest patience: longer than the pauses of ordinary congestion. */
    static final long LEAST_NANOS = 30_000_000_000L;

    /** Longest patience: libtorrent's request timeout. */
    static final long MOST_NANOS = 60_000_000_000L;

    private static final int DEVIATIONS = 4;

    private int outstanding;
    private long waitingSinceNanos; // last sign of life while requests are outstanding
    private long lastBlockNanos;
    private boolean measured;
    private double meanNanos;
    private double deviationNanos;
    private boolean snubbed;

    /** So many blocks were asked for. */
    public void requested(int blocks, long nowNanos) {
        if (outstanding == 0) {
            waitingSinceNanos = nowNanos;
            lastBlockNanos = nowNanos;
        }
        outstanding += blocks;
    }

    /** A requested block is complete. */
    public void received(long nowNanos) {
        long gap = nowNanos - lastBlockNanos;
        if (!measured) {
            meanNanos = gap;
            deviationNanos = gap / 2.0;
            measured = true;
        } else {
            deviationNanos += (Math.abs(gap - meanNanos) - deviationNanos) / 4;
            meanNanos += (gap - meanNanos) / 8;
        }
        lastBlockNanos = nowNanos;
        progress(nowNanos);
        dropped(1);
    }

    /** Bytes of a requested block have come. */
    public void progress(long nowNanos) {
        waitingSinceNanos = nowNanos;
        snubbed = false;
    }

    /** So many requests were refused, cancelled or given up. */
    public void dropped(int blocks) {
        outstanding = Math.max(0, outstanding - blocks);
    }

    /** All requests are void: the peer choked us. */
    public void choked() {
        outstanding = 0;
    }

    /**
     * Whether the patience with the peer has just ended; to be asked about once a second. It is
     * snubbed from then on, and what was asked of it is to be asked of others.
     *
     * @return true once each time; again when it leaves a later request unanswered as well
     */
    public boolean expires(long nowNanos) {
        if (outstanding == 0 || nowNanos - waitingSinceNanos < timeoutNanos()) {
            return false;
        }
        snubbed = true;
        waitingSinceNanos = nowNanos;
        return true;
    }

    /** Whether it is snubbed. */
    public boolean snubbed() {
        return snubbed;
    }

    /**
     * Whether it has requests to answer and no whole block has come for the shortest patience: it
     * is slow, or sends a byte now and then so as not to be snubbed.
     */
    public boolean stalled(long nowNanos) {
        return outstanding > 0 && nowNanos - lastBlockNanos >= LEAST_NANOS;
    }

    /** Requests without an answer. */
    public int outstanding() {
        return outstanding;
    }

    /** The patience with this peer. */
    long timeoutNanos() {
        if (!measured) {
            return LEAST_NANOS;
        }
        double patience = meanNanos + DEVIATIONS * deviationNanos;
        return (long) Math.clamp(patience, (double) LEAST_NANOS, (double) MOST_NANOS);
    }
}
