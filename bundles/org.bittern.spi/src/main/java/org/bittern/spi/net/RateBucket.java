package org.bittern.spi.net;

/** A token bucket whose rate can be changed while it is in use. Thread-safe. */
public interface RateBucket extends RateLimit {
    /**
     * Changes the rate; takes effect at once.
     *
     * @param bytesPerSecond 0 = no limit of its own
     */
    void rate(long bytesPerSecond);
}
