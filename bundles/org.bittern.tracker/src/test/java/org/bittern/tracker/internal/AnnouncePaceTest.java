package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bittern.api.engine.TrackerSnapshot.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnnouncePaceTest extends SearchFixture {
    private static final Outcome.Answer WITHOUT_SIZES =
            new Outcome.Answer(
                    List.of(),
                    List.of(),
                    new Outcome.Intervals(3600, -1),
                    Outcome.Counts.UNKNOWN,
                    "",
                    Optional.empty(),
                    Optional.empty());

    @Test
    void retriesAtGrowingDistances() {
        trackers.answerAll(DOWN);
        search(List.of(List.of(A)));
        loop.pass(Duration.ofHours(4));
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < trackers.calls.size(); i++) {
            gaps.add(
                    (trackers.calls.get(i).nanos() - trackers.calls.get(i - 1).nanos())
                            / 1_000_000_000L);
        }
        long expected = 5;
        for (long gap : gaps) {
            assertThat(gap).isBetween(expected, expected + expected / 10 + 1);
            expected = Math.min(2 * expected, 1800);
        }
        assertThat(gaps).hasSizeGreaterThan(12);
    }

    @Test
    void neverMakesMoreThanSixAnnouncesInSevenSeconds() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        trackers.answer(
                _ -> Optional.of(random.nextBoolean() ? ScriptedAnnouncer.answer(0, -5) : DOWN));
        TrackerSearch search = search(List.of(List.of(A)));
        for (int i = 0; i < 3000; i++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    search.stop(_ -> {});
                    search = search(List.of(List.of(A)));
                }
                case 1 -> search.completed();
                case 2, 3, 4 -> search.now();
                case 5 -> search.wantPeers();
                default -> loop.pass(Duration.ofMillis(random.nextInt(2000)));
            }
            loop.turn();
        }
        assertThat(trackers.calls.size()).isGreaterThan(100);
        for (int i = 6; i < trackers.calls.size(); i++) {
            assertThat(trackers.calls.get(i).nanos() - trackers.calls.get(i - 6).nanos())
                    .as("seven announces, seed " + seed)
                    .isGreaterThan(Duration.ofSeconds(7).toNanos());
        }
    }

    @Test
    void asksAtOnceWhenSomebodyInsists() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A), List.of(B)));
        search.now();
        loop.turn();
        assertThat(trackers.calls).hasSize(4);
        for (int i = 0; i < 10; i++) {
            search.now();
            loop.turn();
        }
        assertThat(trackers.calls).as("within the limit").hasSize(8);
        loop.pass(Duration.ofSeconds(9));
        assertThat(trackers.calls).as("what had to wait").hasSize(10);
    }

    @Test
    void comesForPeersOnlyWhenTheTrackerAllowsIt() {
        trackers.answerAll(ScriptedAnnouncer.answer(1800, 300));
        TrackerSearch search = search(List.of(List.of(A)));
        search.wantPeers();
        loop.pass(Duration.ofSeconds(299));
        assertThat(trackers.calls).hasSize(1);
        loop.pass(Duration.ofSeconds(2));
        assertThat(trackers.calls).hasSize(2);
        loop.pass(Duration.ofSeconds(1700));
        assertThat(trackers.calls).as("back to the interval").hasSize(2);
    }

    @Test
    void doesNotComeForPeersEveryFewSeconds() {
        trackers.answerAll(ScriptedAnnouncer.answer(1800, 1));
        TrackerSearch search = search(List.of(List.of(A)));
        for (int i = 0; i < 300; i++) {
            search.wantPeers();
            loop.pass(Duration.ofSeconds(1));
        }
        assertThat(trackers.calls).as("in five minutes").hasSizeBetween(4, 6);
    }

    @Test
    void leavesATrackerAloneThatWantsToBe() {
        trackers.answerAll(new Outcome.Failure("gone", -1, true));
        TrackerSearch search = search(List.of(List.of(A)));
        loop.pass(Duration.ofDays(2));
        assertThat(trackers.calls).hasSize(1);
        assertThat(search.status().getFirst().status()).isEqualTo(Status.DISABLED);
        search.now();
        assertThat(trackers.calls).as("unless somebody insists").hasSize(2);
    }

    @Test
    void waitsAsLongAsAFailingTrackerWants() {
        trackers.answerAll(new Outcome.Failure("busy", 600, false));
        search(List.of(List.of(A)));
        loop.pass(Duration.ofSeconds(599));
        assertThat(trackers.calls).hasSize(1);
        loop.pass(Duration.ofSeconds(2));
        assertThat(trackers.calls).hasSize(2);
    }

    @Test
    void aScrapeThatFailsIsNotTheLastOne() {
        trackers.answerAll(WITHOUT_SIZES);
        trackers.sizes = Optional.empty();
        TrackerSearch search = search(List.of(List.of(A)));
        loop.pass(Duration.ofSeconds(31));
        assertThat(trackers.scrapes).hasSize(1);
        assertThat(search.status().getFirst().lastScrape()).isNull();
    }

    @Test
    void scrapesWhereTheAnnounceToldNoSizes() {
        trackers.answerAll(WITHOUT_SIZES);
        TrackerSearch search = search(List.of(List.of(A)));
        loop.pass(Duration.ofSeconds(29));
        assertThat(trackers.scrapes).isEmpty();
        loop.pass(Duration.ofSeconds(2));
        assertThat(trackers.scrapes).hasSize(1);
        assertThat(search.status().getFirst().seeders()).isEqualTo(7);
        assertThat(search.status().getFirst().lastScrape()).isNotNull();
        loop.pass(Duration.ofMinutes(30));
        assertThat(trackers.scrapes).as("not again before the next announce").hasSize(1);
    }

    @Test
    void keepsOneTimerHoweverManyTrackersThereAre() {
        trackers.answerAll(FINE);
        List<List<String>> tiers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tiers.add(List.of("http://t" + i + ".example/announce"));
        }
        search(tiers);
        assertThat(trackers.calls).hasSize(100);
        assertThat(loop.timers()).isEqualTo(1);
    }
}
