package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Peers that announced themselves to us, one an address and torrent, and whether they seed (BEP 5,
 * 33). Bounded. Owned by the node's loop.
 */
final class PeerStore {
    /** Torrents remembered; the one that was announced longest ago is forgotten. */
    static final int MAX_TORRENTS = 1000;

    static final int MAX_PEERS_PER_TORRENT = 1000;

    /** Of all torrents together, some 10 MB; torrents announced longest ago are forgotten. */
    static final int MAX_PEERS = 50_000;

    /** An announce holds so long; clients repeat theirs more often. */
    static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(45);

    private final RandomGenerator random;
    private final Map<NodeId, Map<Object, Peer>> torrents = new LinkedHashMap<>();
    private int size; // peers of all torrents

    private record Peer(InetSocketAddress address, boolean seed, long sinceNanos) {
        boolean holds(long nowNanos) {
            return nowNanos - sinceNanos < LIFE_NANOS;
        }
    }

    /** The sizes of a swarm as one node knows it (BEP 33). */
    record Filters(BloomFilter seeds, BloomFilter peers) {}

    PeerStore(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Remembers a peer.
     *
     * @return whether the peer was unknown
     */
    boolean add(NodeId infoHash, InetSocketAddress address, boolean seed, long nowNanos) {
        Map<Object, Peer> peers = torrents.remove(infoHash);
        if (peers == null) {
            peers = new LinkedHashMap<>();
        }
        torrents.put(infoHash, peers);
        Object key = key(address);
        boolean unknown = peers.remove(key) == null;
        size -= unknown ? 0 : 1;
        if (peers.size() == MAX_PEERS_PER_TORRENT) {
            peers.remove(peers.keySet().iterator().next());
            size--;
        }
        peers.put(key, new Peer(address, seed, nowNanos));
        size++;
        while (torrents.size() > MAX_TORRENTS || size > MAX_PEERS) {
            size -= forgetEldest();
        }
        return unknown;
    }

    private int forgetEldest() {
        Map<Object, Peer> eldest = torrents.remove(torrents.keySet().iterator().next());
        return eldest == null ? 0 : eldest.size();
    }

    /** On loopback, processes share an address: each port is a peer of its own. */
    private static Object key(InetSocketAddress peer) {
        InetAddress address = peer.getAddress();
        return address.isLoopbackAddress() ? peer : address;
    }

    /** Some peers of a torrent and an address family, chosen by chance. */
    List<InetSocketAddress> some(NodeId infoHash, Family family, int most, long nowNanos) {
        return some(infoHash, family, most, nowNanos, false);
    }

    /**
     * The same.
     *
     * @param noSeeds the asker has no use for seeds (BEP 33)
     */
    List<InetSocketAddress> some(
            NodeId infoHash, Family family, int most, long nowNanos, boolean noSeeds) {
        List<InetSocketAddress> found = new ArrayList<>();
        for (Peer peer : torrents.getOrDefault(infoHash, Map.of()).values()) {
            if (Family.of(peer.address) == family
                    && peer.holds(nowNanos)
                    && !(noSeeds && peer.seed)) {
                found.add(peer.address);
            }
        }
        Collections.shuffle(found, Random.from(random));
        return found.subList(0, Math.min(most, found.size()));
    }

    /** Everybody in two filters; empty when nobody is known (BEP 33). */
    Optional<Filters> filters(NodeId infoHash, long nowNanos) {
        Filters filters = new Filters(new BloomFilter(), new BloomFilter());
        boolean any = false;
        for (Peer peer : torrents.getOrDefault(infoHash, Map.of()).values()) {
            if (peer.holds(nowNanos)) {
                any = true;
                (peer.seed ? filters.seeds : filters.peers).add(peer.address.getAddress());
            }
        }
        return any ? Optional.of(filters) : Optional.empty();
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
                    int before = peers.size();
                    peers.values().removeIf(peer -> !peer.holds(nowNanos));
                    size -= before - peers.size();
                    return peers.isEmpty();
                });
    }

    /** Peers of all torrents. */
    int size() {
        return size;
    }
}
