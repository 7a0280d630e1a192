package org.bittern.dht.internal;

import java.util.Optional;
import org.bittern.bencode.BDict;

/**
 * How large a swarm is, by the filters of all nodes that were asked (BEP 33). An estimate, and no
 * better than what those nodes say. Owned by the node's loop.
 */
final class Scrape {
    /** More cannot be told from a filter, and no node is to keep as many. */
    static final int MAX_ESTIMATE = 6000;

    private final BloomFilter seeds = new BloomFilter();
    private final BloomFilter peers = new BloomFilter();
    private boolean told;

    /** What a node has answered, with filters or without. */
    void heard(BDict values) {
        Optional<BloomFilter> itsSeeds = filter(values, "BFsd");
        Optional<BloomFilter> itsPeers = filter(values, "BFpe");
        if (itsSeeds.isPresent() && itsPeers.isPresent()) {
            told = true;
            seeds.add(itsSeeds.get());
            peers.add(itsPeers.get());
        }
    }

    /** A full filter is a lie or of no use: it would hide what all others say. */
    private static Optional<BloomFilter> filter(BDict values, String key) {
        return values.string(key)
                .flatMap(BloomFilter::read)
                .filter(filter -> filter.estimate() <= MAX_ESTIMATE);
    }

    /** Whether any node has told. */
    boolean isTold() {
        return told;
    }

    int seeds() {
        return (int) Math.round(Math.min(seeds.estimate(), MAX_ESTIMATE));
    }

    /** All but the seeds. */
    int downloaders() {
        return (int) Math.round(Math.min(peers.estimate(), MAX_ESTIMATE));
    }
}
