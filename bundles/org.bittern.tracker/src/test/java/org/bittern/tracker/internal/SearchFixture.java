package org.bittern.tracker.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.SearchSpec;

/** A search of three trackers whose answers the test decides, in virtual time. */
abstract class SearchFixture {
    static final String A = "http://a.example/announce";
    static final String B = "http://b.example/announce";
    static final String C = "udp://c.example:80";
    static final Outcome.Answer FINE = ScriptedAnnouncer.answer(1800, -1);
    static final Outcome.Failure DOWN = new Outcome.Failure("down");

    final HandLoop loop = new HandLoop();
    final ScriptedAnnouncer trackers = new ScriptedAnnouncer(loop);
    final Heard heard = new Heard();
    final RecentBudgets budgets = new RecentBudgets();
    final List<TrackerSearch> ended = new ArrayList<>();

    boolean partialSeed;

    private SearchSpec.Tally tally() {
        return Specs.tally(partialSeed);
    }

    TrackerSearch search(List<List<String>> tiers) {
        return search(Specs.HASH, tiers);
    }

    TrackerSearch search(InfoHash hash, List<List<String>> tiers) {
        SearchScope scope =
                new SearchScope(
                        Specs.of(loop, hash, tiers, this::tally),
                        heard,
                        trackers,
                        new Random(1),
                        budgets);
        TrackerSearch search = new TrackerSearch(scope, ended::add);
        search.begin();
        loop.turn();
        return search;
    }

    static String site(String url) {
        return url.equals(C) ? C : url.replace("/announce", ":80");
    }
}
