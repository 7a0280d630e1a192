package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Makes room in a swarm that is full: those who bring nothing and take nothing must not keep others
 * out for as long as they like. Owned by the torrent's loop.
 *
 * <p>Now and then some of those leave over whose links no block has gone since the last look. Few
 * at a time, for in a swarm of seeds most are idle and all are welcome.
 */
final class Turnover {
    /** Between two looks. */
    static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final int FULL_PERCENT = 90;
    private static final int LEAVING_PERCENT = 4;
    private static final int PERCENT = 100;

    private Map<Object, Long> moved = Map.of(); // bytes of each peer at the last look
    private Set<Object> silent = Set.of(); // of these whose were the same at the look before
    private boolean begun;
    private long lookedNanos;

    /** Once a second. */
    void pulse(Swarm swarm, long nowNanos) {
        if (isDue(nowNanos)) {
            List<PeerSession> peers =
                    swarm.peers().stream().filter(peer -> !peer.origin().isWebSeed()).toList();
            leaving(peers, PeerSession::movedBytes, swarm.limit(), nowNanos)
                    .forEach(peer -> peer.close("makes room for others"));
        }
    }

    private boolean isDue(long nowNanos) {
        return !begun || nowNanos - lookedNanos >= LOOK_NANOS;
    }

    /**
     * Who is to leave now.
     *
     * @param peers those who came first are the first
     * @param bytes that have gone over a link, either way
     * @param limit of peers
     */
    <P> List<P> leaving(List<P> peers, ToLongFunction<P> bytes, int limit, long nowNanos) {
        if (!isDue(nowNanos)) {
            return List.of();
        }
        begun = true;
        lookedNanos = nowNanos;
        boolean full = PERCENT * (long) peers.size() >= FULL_PERCENT * (long) limit;
        int most = full ? Math.max(1, peers.size() * LEAVING_PERCENT / PERCENT) : 0;
        List<P> leaving = new ArrayList<>(most);
        Map<Object, Long> now = new HashMap<>();
        Set<Object> silentNow = new HashSet<>();
        for (P peer : peers) {
            Long bytesNow = bytes.applyAsLong(peer);
            now.put(peer, bytesNow);
            if (bytesNow.equals(moved.get(peer))) {
                silentNow.add(peer);
                if (leaving.size() < most) {
                    leaving.add(peer);
                }
            }
        }
        moved = now;
        silent = silentNow;
        return leaving;
    }

    /**
     * Whether no block has gone over a link for {@link #LOOK_NANOS} at least.
     *
     * @param bytes that have gone over it, either way
     */
    boolean isSilent(Object peer, long bytes) {
        return silent.contains(peer) && Long.valueOf(bytes).equals(moved.get(peer));
    }
}
