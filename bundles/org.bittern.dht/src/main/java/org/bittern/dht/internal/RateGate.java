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

    static final int QUERIES_PER_SECOND = 10;

    /** Bytes that all answers together may have in a second. */
    static final int ANSWER_BYTES_PER_SECOND = 64 << 10;

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

    RateGate(long nowNanos) {
        answers = new Level(ANSWER_BYTES_PER_SECOND, nowNanos);
    }

    /** Whether a query from there is looked at. */
    boolean admits(InetSocketAddress from, long nowNanos) {
        // On loopback, processes share an address: each port is a node of its own.
        Object key = from.getAddress().isLoopbackAddress() ? from : from.getAddress();
        Level level = levels.computeIfAbsent(key, k -> new Level(BURST, nowNanos));
        return level.take(1, QUERIES_PER_SECOND, BURST, nowNanos);
    }

    /** Whether an answer of so many bytes may go out. */
    boolean admitsAnswer(int bytes, long nowNanos) {
        return answers.take(bytes, ANSWER_BYTES_PER_SECOND, ANSWER_BYTES_PER_SECOND, nowNanos);
    }

    /** A bucket of tokens. */
    private static final class Level {
        private double tokens;
        private long filledNanos;

        Level(double tokens, long nowNanos) {
            this.tokens = tokens;
            filledNanos = nowNanos;
        }

        boolean take(int wanted, double perSecond, double most, long nowNanos) {
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
