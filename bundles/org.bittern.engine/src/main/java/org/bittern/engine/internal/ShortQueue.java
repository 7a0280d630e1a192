package org.bittern.engine.internal;

import java.util.concurrent.TimeUnit;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.metainfo.PieceMap;

/**
 * How many blocks are asked of one peer while somebody waits for pieces. Owned by the torrent's
 * loop.
 *
 * <p>What a peer has put into its buffers cannot be taken back, and a reader that seeks waits for
 * it: libtorrent keeps half a second of its rate there when it is asked for so much. So no more is
 * asked for than keeps the link busy: what comes in {@link #SPARE_SECONDS} and two round trips, but
 * {@link #ENOUGH} blocks at least, and a second at most. Nobody tells how long a round trip is; it
 * is not longer than the shortest time in which a block came of late. When that grows, the queue
 * does: were it too short for the line, each block would take a round trip, so the next seconds
 * make it longer. Behind a line that moves evenly a block always takes as long as the queue is, so
 * it becomes a second by and by; and it is a second as long as the rate grows, lest the start on a
 * long line be slow. The rate is sampled once a second, so whether it grows is known late. It does
 * not from the moment on at which a block takes longer than the queue should be: then blocks wait
 * at the peer, so its line is full.
 */
final class ShortQueue {
    /** More than a round trip needs, so that the link is not idle when an answer is late. */
    private static final double SPARE_SECONDS = 0.25;

    /** Never more than what comes in so many seconds. */
    private static final double MOST_SECONDS = 1;

    /** Fewer outstanding blocks would leave the link idle. */
    private static final int LEAST = 4;

    /** Fewer made nothing sooner, unless so many take more than a second. */
    private static final int ENOUGH = 6;

    /** What was measured counts so long, and once more. */
    private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final double NANOS = 1e9;

    private final RateMeter rate;
    private int piece = -1; // of the block that is watched, -1: none
    private int block;
    private long askedNanos;
    private long spanNanos; // when the present span began
    private double shortest = MOST_SECONDS; // seconds, of the present span
    private double before = MOST_SECONDS; // of the one before
    private boolean full; // blocks have waited at the peer

    ShortQueue(RateMeter rate, long nowNanos) {
        this.rate = rate;
        spanNanos = nowNanos;
    }

    /**
     * Blocks that may be outstanding.
     *
     * @param growing the rate still does, as far as the samples tell
     */
    int size(boolean growing, long nowNanos) {
        int most = Math.max(LEAST, blocksIn(MOST_SECONDS, nowNanos));
        return growing && !full
                ? most
                : Math.min(most, Math.max(ENOUGH, blocksIn(seconds(), nowNanos)));
    }

    /** Blocks that stay outstanding when more urgent ones appear: they are as good as sent. */
    int kept(boolean growing, long nowNanos) {
        return size(growing, nowNanos) / 2;
    }

    private double seconds() {
        double roundTrip = Math.min(shortest, before);
        return Math.min(MOST_SECONDS, SPARE_SECONDS + 2 * roundTrip);
    }

    private int blocksIn(double seconds, long nowNanos) {
        return (int) (rate.rate(nowNanos) * seconds / PieceMap.BLOCK);
    }

    /** A block is asked for. One at a time is watched. */
    void asked(int askedPiece, int askedBlock, long nowNanos) {
        if (piece < 0 || nowNanos - askedNanos > SPAN_NANOS) {
            piece = askedPiece;
            block = askedBlock;
            askedNanos = nowNanos;
        }
    }

    /** A block that was asked for has come. */
    void came(int camePiece, int cameBlock, long nowNanos) {
        if (watched(camePiece, cameBlock)) {
            piece = -1;
            measured((nowNanos - askedNanos) / NANOS, nowNanos);
        }
    }

    /** A block was taken back. */
    void dropped(int droppedPiece, int droppedBlock) {
        if (watched(droppedPiece, droppedBlock)) {
            piece = -1;
        }
    }

    private boolean watched(int otherPiece, int otherBlock) {
        return piece == otherPiece && block == otherBlock;
    }

    private void measured(double seconds, long nowNanos) {
        if (nowNanos - spanNanos > SPAN_NANOS) {
            spanNanos = nowNanos;
            before = shortest;
            shortest = seconds;
        } else {
            shortest = Math.min(shortest, seconds);
        }
        full |= seconds > seconds();
    }
}
