package org.bittern.dht.internal;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many queries are answered, per address and in all. Who floods us is not answered, so that a
 * forged sender gets little. Owned by the node's loop.
 */
final class RateGate {
    /** Addresses remembered; the one that was silent longest is forgotten. */
    static final int MAX_ADDRESSES = 4096;

    /** Queries of one address that are answered at once. */
    static final int BURST = 50;

    static final int QUERIES_PER_SECOND = 5;

    /** Who asked more than that is not listened to for so long. */
    static final long BLOCK_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Bytes that all answers together may have in a second. */
    static final int ANSWER_BYTES_PER_SECOND = 64 << 10;

    /** The same of answers to those who have never answered us: what forgers can make us send. */
    static final int STRANGERS_BYTES_PER_SECOND = 8 << 10;

    /** Many strangers come at once when a first node has begun. */
    private static final int STRANGERS_BURST_BYTES = 3 * STRANGERS_BYTES_PER_SECOND;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Map<Object, Level> levels =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, Level> eldest) {
                    return size() > MAX_ADDRESSES;
                }
            };
    private final Level answers;
    private final Level strangers;

    RateGate(long nowNanos) {
        answers = new Level(ANSWER_BYTES_PER_SECOND, ANSWER_BYTES_PER_SECOND, nowNanos);
        strangers = new Level(STRANGERS_BYTES_PER_SECOND, STRANGERS_BURST_BYTES, nowNanos);
    }

    /** Whether a query from there is looked at. */
    boolean admits(InetSocketAddress from, long nowNanos) {
        // On loopback, processes share an address: each port is a node of its own.
        boolean here = from.getAddress().isLoopbackAddress();
        Object key = here ? from : from.getAddress();
        Level level =
                levels.computeIfAbsent(key, k -> new Level(QUERIES_PER_SECOND, BURST, nowNanos));
        if (level.take(1, nowNanos)) {
            return true;
        }
        if (!here && level.tokens >= 0) {
            // Empty for so long, and not longer: what comes meanwhile takes nothing.
            level.tokens = -QUERIES_PER_SECOND * (double) BLOCK_NANOS / SECOND;
        }
        return false;
    }

    /**
     * Whether an answer of so many bytes may go out.
     *
     * @param known whether it goes to somebody who has answered us
     */
    boolean admitsAnswer(int bytes, boolean known, long nowNanos) {
        return (known || strangers.take(bytes, nowNanos)) && answers.take(bytes, nowNanos);
    }

    /** A bucket of tokens. */
    private static final class Level {
        private final double perSecond;
        private final double most;
        private double tokens;
        private long filledNanos;

        Level(double perSecond, double most, long nowNanos) {
            this.perSecond = perSecond;
            this.most = most;
            tokens = most;
            filledNanos = nowNanos;
        }

        boolean take(int wanted, long nowNanos) {
            tokens = Math.min(most, tokens + perSecond * (nowNanos - filledNanos) / SECOND);
            filledNanos = nowNanos;
            if (tokens < wanted) {
                return false;
            }
            tokens -= wanted;
            return true;
        }
    }
}
