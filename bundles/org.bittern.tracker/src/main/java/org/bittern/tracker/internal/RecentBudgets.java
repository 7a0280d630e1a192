package org.bittern.tracker.internal;

import java.util.HashMap;
import java.util.Map;
import org.bittern.metainfo.InfoHash;

/**
 * Budgets of torrents that were stopped a moment ago: stopping and starting in turn is no way
 * around the limit. Thread-safe; as large as what was stopped within the last seconds.
 */
final class RecentBudgets {
    private record Key(InfoHash infoHash, String url) {}

    private final Map<Key, AnnounceBudget> budgets = new HashMap<>();

    /** The budget to go on with. */
    synchronized AnnounceBudget take(InfoHash infoHash, String url) {
        AnnounceBudget budget = budgets.remove(new Key(infoHash, url));
        return budget == null ? new AnnounceBudget() : budget;
    }

    /** Keeps a budget while it matters. */
    synchronized void keep(InfoHash infoHash, String url, AnnounceBudget budget, long now) {
        budgets.values().removeIf(old -> old.isFull(now));
        if (!budget.isFull(now)) {
            budgets.put(new Key(infoHash, url), budget);
        }
    }
}
