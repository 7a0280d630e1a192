package org.bittern.dht.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Peers that announced themselves to us (BEP 5). Bounded. Owned by the node's loop. */
final class PeerStore {
    /** Torrents remembered; the one that was announced longest ago is forgotten. */
    static final int MAX_TORRENTS = 1000;

    static final int MAX_PEERS_PER_TORRENT = 50;

    /** An announce holds so long; clients repeat theirs more often. */
    static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(45);

    private final RandomGenerator random;
    private final Map<NodeId, Map<InetSocketAddress, Long>> torrents = new LinkedHashMap<>();

    PeerStore(RandomGenerator random) {
        this.random = random;
    }

    void add(NodeId infoHash, InetSocketAddress peer, long nowNanos) {
        Map<InetSocketAddress, Long> peers = torrents.remove(infoHash);
        if (peers == null) {
            peers = new LinkedHashMap<>();
            trim(torrents, MAX_TORRENTS - 1);
        }
        torrents.put(infoHash, peers);
        peers.remove(peer);
        trim(peers, MAX_PEERS_PER_TORRENT - 1);
        peers.put(peer, nowNanos);
    }

    /** Some peers of a torrent and an address family, chosen by chance. */
    List<InetSocketAddress> some(NodeId infoHash, Family family, int most, long nowNanos) {
        List<InetSocketAddress> found = new ArrayList<>();
        torrents.getOrDefault(infoHash, Map.of())
                .forEach((peer, since) -> {
                    if (Family.of(peer) == family && nowNanos - since < LIFE_NANOS) {
                        found.add(peer);
                    }
                });
        Collections.shuffle(found, Random.from(random));
        return found.subList(0, Math.min(most, found.size()));
    }

    /** Some torrents, chosen by chance (BEP 51). */
    List<NodeId> sample(int most) {
        List<NodeId> all = new ArrayList<>(torrents.keySet());
        Collections.shuffle(all, Random.from(random));
        return all.subList(0, Math.min(most, all.size()));
    }

    int torrents() {
        return torrents.size();
    }

    void expire(long nowNanos) {
        torrents.values()
                .removeIf(peers -> {
                    peers.values().removeIf(since -> nowNanos - since >= LIFE_NANOS);
                    return peers.isEmpty();
                });
    }

    private static <K, V> void trim(Map<K, V> map, int most) {
        var eldest = map.keySet().iterator();
        while (map.size() > most) {
            eldest.next();
            eldest.remove();
        }
    }
}
