package org.bittern.tracker.internal;

import java.util.random.RandomGenerator;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;

/**
 * What all trackers of one search share.
 *
 * @param listener called on the loop, and only while the search runs
 */
record SearchScope(
        SearchSpec spec,
        SearchListener listener,
        Announcer announcer,
        RandomGenerator random,
        RecentBudgets budgets) {

    long nanoTime() {
        return spec.loop().nanoTime();
    }
}
