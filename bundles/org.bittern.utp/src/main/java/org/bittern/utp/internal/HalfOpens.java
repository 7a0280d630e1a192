package org.bittern.utp.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * SYNs that were answered, from addresses that are not proven: anybody can write any address on a
 * packet. Only who repeats the number of our answer gets a connection. Bounded; the answer is not
 * longer than the question. Owned by the loop of the socket.
 */
final class HalfOpens {
    static final int MAX = 512;
    static final int MAX_PER_ADDRESS = 32;

    /** A good peer needs a round trip. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RandomGenerator random;
    private final SequencedMap<Endpoint.Key, HalfOpen> all = new LinkedHashMap<>(); // oldest first
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();

    /**
     * An answered SYN.
     *
     * @param numbers of the stream that it may become
     * @param window bytes that the other side has room for
     */
    record HalfOpen(Stream.Numbers numbers, int window, long sinceNanos) {}

    /**
     * @param random cannot be guessed
     */
    HalfOpens(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Takes a SYN; null when its host has too many. A repeated one gets the same answer. When all
     * places are taken the oldest is given up: a good peer needs its place for a round trip, so a
     * flood must be that fast to keep it out.
     */
    @Nullable HalfOpen syn(Header header, InetSocketAddress from, long nowNanos) {
        expire(nowNanos);
        int receiveId = Seq.plus(header.id(), 1);
        Endpoint.Key key = new Endpoint.Key(from, receiveId);
        HalfOpen known = all.get(key);
        if (known != null && known.numbers.lastReceived() == header.seq()) {
            return known;
        }
        if (known != null || perAddress.getOrDefault(from.getAddress(), 0) >= MAX_PER_ADDRESS) {
            return null;
        }
        if (all.size() >= MAX) {
            Endpoint.Key oldest = all.firstEntry().getKey();
            all.remove(oldest);
            left(oldest.remote().getAddress());
        }
        Stream.Numbers numbers =
                new Stream.Numbers(receiveId, header.id(), random.nextInt(1 << 16), header.seq());
        HalfOpen half = new HalfOpen(numbers, header.window(), nowNanos);
        all.put(key, half);
        perAddress.merge(from.getAddress(), 1, Integer::sum);
        return half;
    }

    /** Whether a packet belongs to one of these, proven or not. */
    boolean knows(Endpoint.Key key) {
        return all.containsKey(key);
    }

    /**
     * Takes one out when the packet proves that our answer has arrived.
     *
     * @return null when it does not
     */
    @Nullable HalfOpen prove(Header header, InetSocketAddress from) {
        Endpoint.Key key = new Endpoint.Key(from, header.id());
        HalfOpen half = all.get(key);
        if (half == null || Seq.plus(header.ack(), 1) != half.numbers.firstSeq()) {
            return null;
        }
        all.remove(key);
        left(from.getAddress());
        return half;
    }

    private void expire(long nowNanos) {
        Iterator<Map.Entry<Endpoint.Key, HalfOpen>> oldest = all.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Endpoint.Key, HalfOpen> entry = oldest.next();
            if (nowNanos - entry.getValue().sinceNanos < PATIENCE_NANOS) {
                return;
            }
            oldest.remove();
            left(entry.getKey().remote().getAddress());
        }
    }

    private void left(InetAddress address) {
        perAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    void clear() {
        all.clear();
        perAddress.clear();
    }

    int size() {
        return all.size();
    }
}
