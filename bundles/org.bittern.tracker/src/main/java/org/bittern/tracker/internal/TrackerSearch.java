package org.bittern.tracker.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MetainfoLimits;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.net.EventLoop;

/**
 * The trackers of one torrent. All tiers are asked at the same time, since peers of one tracker
 * often know nothing of those of another. One timer serves them all. Owned by the torrent's loop.
 */
final class TrackerSearch implements Search {
    /** So long a goodbye may take. */
    static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(2000);

    /** Before looking again at something that is due already: keeps the loop from spinning. */
    private static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SearchScope scope;
    private final Consumer<TrackerSearch> ended;
    private final EventLoop loop;
    private final List<Placed> placed = new ArrayList<>();
    private final List<Tier> tiers = new ArrayList<>();
    private EventLoop.Timer timer = () -> {};
    private InfoHash swarms;
    private boolean stopped;
    private boolean complete;

    /** A tracker where the torrent names it. */
    private record Placed(Tracker tracker, int tier) {}

    /**
     * A search that {@link #begin} starts.
     *
     * @param ended called on the loop with this when the search has stopped
     */
    TrackerSearch(SearchScope scope, Consumer<TrackerSearch> ended) {
        this.scope = scope;
        this.ended = ended;
        loop = scope.spec().loop();
        swarms = scope.spec().infoHash();
    }

    EventLoop loop() {
        return loop;
    }

    /** Makes the first announces. */
    void begin() {
        loop.assertOwner();
        if (!stopped) {
            place(scope.spec().tiers());
            pump();
        }
    }

    private void place(List<List<String>> urls) {
        Map<String, Tracker> known = new HashMap<>();
        placed.forEach(old -> known.put(old.tracker.text(), old.tracker));
        placed.clear();
        tiers.clear();
        Set<String> seen = new HashSet<>();
        for (int number = 0; number < urls.size(); number++) {
            List<Tracker> members = new ArrayList<>();
            for (String url : urls.get(number)) {
                if (seen.size() < MetainfoLimits.MAX_TRACKERS && seen.add(url)) {
                    Tracker old = known.remove(url);
                    Tracker tracker = old == null ? new Tracker(scope, url) : old;
                    tracker.swarms(swarms);
                    members.add(tracker);
                    placed.add(new Placed(tracker, number));
                }
            }
            tiers.add(new Tier(members, scope.random()));
        }
        known.values().forEach(removed -> removed.leave(_ -> {}));
    }

    /** Does what is due and sets the timer for what comes next. */
    private void pump() {
        if (stopped) {
            return;
        }
        for (Tier tier : List.copyOf(tiers)) {
            tier.pump(loop.nanoTime(), this::heard);
        }
        timer.cancel();
        Optional<Long> next =
                tiers.stream()
                        .flatMap(tier -> tier.nextNanos(loop.nanoTime()).stream())
                        .min(Comparator.naturalOrder());
        next.ifPresent(
                nanos -> timer = loop.schedule(Math.max(nanos, MIN_DELAY_NANOS), this::pump));
    }

    private void heard() {
        tiers.forEach(Tier::settle);
        pump();
    }

    @Override
    public void now() {
        loop.assertOwner();
        tiers.forEach(Tier::insist);
        pump();
    }

    @Override
    public void wantPeers() {
        loop.assertOwner();
        tiers.forEach(Tier::wantPeers);
        pump();
    }

    @Override
    public void completed() {
        loop.assertOwner();
        if (!complete) {
            complete = true;
            placed.forEach(each -> each.tracker.completed());
            pump();
        }
    }

    @Override
    public void swarms(InfoHash infoHash) {
        loop.assertOwner();
        swarms = infoHash;
        placed.forEach(each -> each.tracker.swarms(infoHash));
        pump();
    }

    @Override
    public void trackers(List<List<String>> changed) {
        loop.assertOwner();
        if (!stopped) {
            place(changed);
            pump();
            scope.listener().statusChanged();
        }
    }

    @Override
    public List<TrackerSnapshot> status() {
        loop.assertOwner();
        List<TrackerSnapshot> all = new ArrayList<>(placed.size());
        for (Placed each : placed) {
            boolean planned = tiers.get(each.tier).isCandidate(each.tracker);
            all.add(each.tracker.snapshot(all.size(), each.tier, planned && !stopped));
        }
        return all;
    }

    @Override
    public void stop(Consumer<Boolean> done) {
        loop.assertOwner();
        if (stopped) {
            done.accept(true);
            return;
        }
        stopped = true;
        timer.cancel();
        Countdown countdown =
                new Countdown(
                        placed.size() + 1,
                        delivered -> {
                            timer.cancel();
                            ended.accept(this);
                            done.accept(delivered);
                        });
        timer = loop.schedule(GOODBYE_NANOS, countdown::giveUp);
        placed.forEach(each -> each.tracker.leave(countdown::arrived));
        countdown.arrived(true); // for a torrent without trackers
    }

    /** Falls silent at once, without a goodbye: the bundle goes and another one goes on. */
    void abandon() {
        stopped = true;
        timer.cancel();
        placed.forEach(each -> each.tracker.abandon());
    }
}
