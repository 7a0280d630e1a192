package org.bittern.engine.internal.queue;

/**
 * A torrent's place in a {@link TurnQueue}. What others may read is volatile; the rest is guarded
 * by the queue's lock.
 */
public final class Seat {
    final Runnable changed;
    Wish wish = Wish.NONE;
    boolean forced;
    boolean stalled;
    private volatile int position;
    private volatile boolean granted;

    /**
     * @param changed told, on any thread, after the position or the turn changed by what others
     *     did; must return at once
     */
    Seat(int position, Runnable changed) {
        this.position = position;
        this.changed = changed;
    }

    /** From 0, without gaps. Any thread. */
    public int position() {
        return position;
    }

    /** Whether it is its turn. Any thread. */
    public boolean granted() {
        return granted;
    }

    void position(int now) {
        position = now;
    }

    void granted(boolean now) {
        granted = now;
    }

    /** Runs or waits with all others: neither forced nor stalled. */
    boolean ordinary() {
        return !forced && !stalled;
    }
}
