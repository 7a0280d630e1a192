package org.bittern.engine.internal.choice;

/**
 * Bytes per second, smoothed over a short and a long time. Owned by the torrent loop; not
 * thread-safe.
 *
 * <p>Two exponentially decaying sums, brought up to date at most every {@link #STEP_NANOS}: adding
 * bytes usually is one addition. A sum decays by e^(-dt/T); divided by T it is a rate. Since the
 * sums begin empty, young meters would show too little; dividing by T (1 - e^(-age/T)) instead is
 * exact for a constant rate from the first moment on.
 */
public final class RateMeter {
    /** Time constant of the short window, in seconds: reacts within a few seconds. */
    static final double SHORT_SECONDS = 2;

    /** Time constant of the long window, in seconds: for comparing peers with each other. */
    static final double LONG_SECONDS = 15;

    private static final long STEP_NANOS = 100_000_000L;
    private static final double NANOS = 1e9;

    private final long startNanos;
    private long updatedNanos;
    private long pendingBytes; // since updatedNanos
    private double shortSum;
    private double longSum;

    /** A meter that begins now. */
    public RateMeter(long nowNanos) {
        startNanos = nowNanos;
        updatedNanos = nowNanos;
    }

    /**
     * Bytes have moved.
     *
     * @param bytes 0 or more
     */
    public void add(long bytes, long nowNanos) {
        update(nowNanos);
        pendingBytes += bytes;
    }

    /** Bytes per second over the last seconds. */
    public long rate(long nowNanos) {
        update(nowNanos);
        return rate(shortSum, SHORT_SECONDS, nowNanos);
    }

    /** Bytes per second over the last half minute or so. */
    public long longRate(long nowNanos) {
        update(nowNanos);
        return rate(longSum, LONG_SECONDS, nowNanos);
    }

    private long rate(double sum, double seconds, long nowNanos) {
        double age = Math.max(1.0, (nowNanos - startNanos) / NANOS);
        return Math.round((sum + pendingBytes) / (seconds * -Math.expm1(-age / seconds)));
    }

    private void update(long nowNanos) {
        long elapsed = nowNanos - updatedNanos;
        if (elapsed < STEP_NANOS) {
            return;
        }
        double dt = elapsed / NANOS;
        shortSum = decayed(shortSum, dt, SHORT_SECONDS);
        longSum = decayed(longSum, dt, LONG_SECONDS);
        pendingBytes = 0;
        updatedNanos = nowNanos;
    }

    /** The pending bytes came in the step after the last update, evenly so far as we know. */
    private double decayed(double sum, double dt, double seconds) {
        double step = STEP_NANOS / NANOS;
        double pending = pendingBytes * (-Math.expm1(-step / seconds) / (step / seconds));
        return sum * Math.exp(-dt / seconds) + pending * Math.exp(-(dt - step) / seconds);
    }
}
