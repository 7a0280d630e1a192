package org.bittern.tracker.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Trackers that stand in for each other (BEP 12): shuffled once; the first that works is moved to
 * the front and stays in charge until it fails, then the others get their turn. Owned by the
 * torrent's loop.
 */
final class Tier {
    private final List<Tracker> trackers;

    /** A tier of these trackers; one that works already stays in charge. */
    Tier(List<Tracker> members, RandomGenerator random) {
        trackers = new ArrayList<>(members);
        Collections.shuffle(trackers, Random.from(random));
        trackers.stream().filter(Tracker::isWorking).findFirst().ifPresent(this::promote);
    }

    private void promote(Tracker tracker) {
        trackers.remove(tracker);
        trackers.addFirst(tracker);
    }

    /** Whose turn it is: the one in charge, or all as long as none works. */
    private Stream<Tracker> candidates() {
        boolean inCharge = !trackers.isEmpty() && trackers.getFirst().isWorking();
        return trackers.stream().limit(inCharge ? 1 : trackers.size()).filter(Tracker::isUsable);
    }

    boolean isCandidate(Tracker tracker) {
        return candidates().anyMatch(candidate -> candidate == tracker);
    }

    private boolean isBusy() {
        return trackers.stream().anyMatch(Tracker::isBusy);
    }

    /** Makes the announce and the scrapes that are due. */
    void pump(long now, Runnable finished) {
        for (Tracker tracker : trackers) {
            if (tracker.scrapeDue().filter(due -> now - due >= 0).isPresent()) {
                tracker.scrape();
            }
        }
        if (isBusy()) {
            return;
        }
        Optional<Tracker> due = candidates().filter(tracker -> tracker.isDue(now)).findFirst();
        if (due.isEmpty()) {
            return;
        }
        Tracker next = due.get();
        long wait = next.waitNanos(now);
        if (wait > 0) {
            next.postpone(now + wait);
            return;
        }
        boolean alternatives =
                trackers.stream()
                        .anyMatch(other -> other != next && other.isUsable() && other.isDue(now));
        next.announce(alternatives ? Patience.BRIEF : Patience.FULL, finished);
    }

    /** An announce was answered or has failed: if the one in front does not work, another may. */
    void settle() {
        boolean inCharge = trackers.isEmpty() || trackers.getFirst().isWorking();
        if (!inCharge) {
            trackers.stream().filter(Tracker::isWorking).findFirst().ifPresent(this::promote);
        }
    }

    /** Nanoseconds until something is due, empty when nothing is. */
    Optional<Long> nextNanos(long now) {
        Stream<Long> scrapes = trackers.stream().flatMap(t -> t.scrapeDue().stream());
        Stream<Long> announces = isBusy() ? Stream.empty() : candidates().map(Tracker::dueNanos);
        return Stream.concat(scrapes, announces)
                .map(due -> Math.max(0, due - now))
                .min(Long::compare);
    }

    /** Asks the one in charge again, or all in turn if none works. */
    void insist() {
        boolean inCharge = !trackers.isEmpty() && trackers.getFirst().isWorking();
        trackers.stream()
                .limit(inCharge ? 1 : trackers.size())
                .filter(tracker -> !tracker.isBusy())
                .forEach(Tracker::insist);
    }

    void wantPeers() {
        candidates().forEach(Tracker::wantPeers);
    }
}
