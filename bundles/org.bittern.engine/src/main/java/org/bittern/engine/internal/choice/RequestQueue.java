package org.bittern.engine.internal.choice;

/**
 * How many blocks may be outstanding at one peer. Owned by the torrent loop; not thread-safe.
 *
 * <p>Too few, and the link is idle for a round trip; too many, and blocks wait at a peer that
 * another would bring sooner. A link begins in slow start: one more for each block that comes, so
 * the queue doubles each round trip until the rate no longer grows. From then on the queue is what
 * the peer brings in {@link #QUEUE_SECONDS}, which is more than any round trip, so that a growing
 * rate still finds work. The rule and its figures are libtorrent's, except the floor before the
 * first sample.
 */
public final class RequestQueue {
    /** The queue holds what comes in this time. */
    static final int QUEUE_SECONDS = 3;

    /** Never fewer, so that the link is not idle between two blocks. */
    static final int LEAST = 2;

    /** Never fewer before the rate was measured for the first time. */
    static final int LEAST_BEFORE_SAMPLE = 16;

    /** Never more, whatever the peer takes. */
    static final int MOST = 500;

    /**
     * What a peer takes that does not say (BEP 10, {@code reqq}): libtorrent's and Transmission's.
     */
    static final int DEFAULT_PEER_LIMIT = 250;

    /** Slow start ends when a second brings less than this more than the one before, in bytes. */
    static final int SLOW_START_GROWTH = 5000;

    private static final int BLOCK = 16_384;

    private int peerLimit = DEFAULT_PEER_LIMIT;
    private int slowStart = LEAST_BEFORE_SAMPLE; // queue while in slow start
    private boolean inSlowStart = true;
    private boolean sampled;
    private boolean snubbed;
    private long lastSample; // bytes per second
    private long rate; // the same, smoothed

    /**
     * The peer said how many requests it keeps.
     *
     * @param reqq of its extension handshake (BEP 10); below 1 counts as 1
     */
    public void peerLimit(int reqq) {
        peerLimit = Math.max(1, reqq);
    }

    /** What {@link #peerLimit(int)} said last, or what is taken for it. */
    public int peerLimit() {
        return peerLimit;
    }

    /** A block has come. */
    public void blockReceived() {
        if (inSlowStart && slowStart < MOST) {
            slowStart++;
        }
    }

    /**
     * A second has passed in which blocks were outstanding.
     *
     * @param bytesPerSecond payload that came in it
     */
    public void sampled(long bytesPerSecond) {
        if (bytesPerSecond > 0 && sampled && bytesPerSecond < lastSample + SLOW_START_GROWTH) {
            inSlowStart = false;
        }
        sampled |= bytesPerSecond > 0;
        lastSample = bytesPerSecond;
        // Up at once, down slowly: one bad second must not leave the link without work.
        rate = bytesPerSecond >= rate ? bytesPerSecond : rate - (rate - bytesPerSecond) / 4;
    }

    /** Whether the peer is snubbed: then one request is enough to see when it comes back. */
    public void snubbed(boolean nowSnubbed) {
        if (snubbed && !nowSnubbed) {
            inSlowStart = true;
            slowStart = LEAST;
        }
        snubbed = nowSnubbed;
    }

    /** Whether the rate still grows: nobody knows yet how much the link can bring. */
    public boolean growing() {
        return inSlowStart;
    }

    /** Blocks that may be outstanding, 1 to {@link #MOST}. */
    public int size() {
        if (snubbed) {
            return 1;
        }
        int most = Math.min(MOST, peerLimit);
        long wanted = QUEUE_SECONDS * rate / BLOCK;
        if (inSlowStart) {
            wanted = Math.max(wanted, slowStart);
        }
        int least = sampled ? LEAST : LEAST_BEFORE_SAMPLE;
        return (int) Math.min(most, Math.max(least, wanted));
    }
}
