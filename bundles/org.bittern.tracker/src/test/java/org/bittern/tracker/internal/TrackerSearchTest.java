package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.TrackerSnapshot.Status;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TrackerSearchTest extends SearchFixture {
    @Test
    void asksAllTiersAtOnce() {
        search(List.of(List.of(A), List.of(B), List.of(C)));
        assertThat(trackers.urls()).containsExactlyInAnyOrder(site(A), site(B), site(C));
        assertThat(trackers.events()).containsOnly(AnnounceEvent.STARTED);
    }

    @Test
    void asksOneTrackerOfATierAndTheNextWhenItFails() {
        trackers.answer(call -> Optional.of(call.url().contains("//b.") ? FINE : DOWN));
        search(List.of(List.of(A, B, C)));
        assertThat(trackers.urls()).endsWith(site(B)).doesNotHaveDuplicates();
        int tried = trackers.calls.size();
        loop.pass(Duration.ofSeconds(1799));
        assertThat(trackers.calls).as("nobody else while one works").hasSize(tried);
        loop.pass(Duration.ofSeconds(2));
        assertThat(trackers.urls()).hasSize(tried + 1).endsWith(site(B));
        assertThat(trackers.last().event()).isEqualTo(AnnounceEvent.NONE);
    }

    @Test
    void triesAllOfATierWhenTheOneInChargeFails() {
        trackers.answerAll(FINE);
        search(List.of(List.of(A, B, C)));
        trackers.answerAll(DOWN);
        loop.pass(Duration.ofSeconds(1801));
        assertThat(new HashSet<>(trackers.urls())).isEqualTo(Set.of(site(A), site(B), site(C)));
    }

    @Test
    void isImpatientOnlyWhileOthersOfTheTierAreLeft() {
        trackers.answerAll(DOWN);
        search(List.of(List.of(A, B)));
        assertThat(trackers.calls.get(0).request().patience()).isEqualTo(Patience.BRIEF);
        assertThat(trackers.calls.get(1).request().patience()).isEqualTo(Patience.FULL);
    }

    @Test
    void tellsCompletedOnce() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A)));
        search.completed();
        loop.turn();
        search.completed();
        search.now();
        loop.turn();
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED, AnnounceEvent.COMPLETED, AnnounceEvent.NONE);
    }

    /** BEP 21, as long as it is one; started and stopped are told as ever. */
    @Test
    void aPartialSeedSaysSoInEveryOrdinaryAnnounce() {
        trackers.answerAll(FINE);
        partialSeed = true;
        TrackerSearch search = search(List.of(List.of(A)));
        loop.pass(Duration.ofSeconds(1801));
        loop.pass(Duration.ofSeconds(1801));
        partialSeed = false; // more is wanted
        loop.pass(Duration.ofSeconds(1801));
        search.completed();
        loop.turn();
        search.stop(_ -> {});
        loop.turn();
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED,
                        AnnounceEvent.PAUSED,
                        AnnounceEvent.PAUSED,
                        AnnounceEvent.NONE,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.STOPPED);
        assertThat(AnnounceQuery.of(trackers.calls.get(1).request(), null))
                .contains("&event=paused&");
    }

    @Test
    void tellsCompletedAfterStartedThatWasUnderWay() {
        TrackerSearch search = search(List.of(List.of(A)));
        search.completed();
        loop.turn();
        assertThat(trackers.events()).containsExactly(AnnounceEvent.STARTED);
        trackers.last().hearing().over(FINE, false);
        loop.turn();
        assertThat(trackers.events())
                .containsExactly(AnnounceEvent.STARTED, AnnounceEvent.COMPLETED);
    }

    @Test
    void tellsCompletedAgainOnlyIfItWasNotTaken() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A)));
        trackers.answerAll(DOWN);
        search.completed();
        loop.turn();
        trackers.answerAll(FINE);
        loop.pass(Duration.ofSeconds(10));
        loop.pass(Duration.ofMinutes(30));
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.NONE);
    }

    @Test
    void tellsCompletedOfATrackerThatWasDownBefore() {
        trackers.answerAll(DOWN);
        TrackerSearch search = search(List.of(List.of(A)));
        search.completed();
        loop.turn();
        assertThat(trackers.calls).as("it is left alone for a while all the same").hasSize(1);
        trackers.answerAll(FINE);
        loop.pass(Duration.ofSeconds(10));
        loop.pass(Duration.ofMinutes(30));
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED,
                        AnnounceEvent.STARTED,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.NONE);
    }

    @Test
    void saysStoppedWhereItIsKnown() {
        trackers.answer(call -> Optional.of(call.url().contains("//b.") ? DOWN : FINE));
        TrackerSearch search = search(List.of(List.of(A), List.of(B), List.of(C)));
        trackers.calls.clear();
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        loop.turn();
        assertThat(done).containsExactly(true);
        assertThat(trackers.urls()).containsExactlyInAnyOrder(site(A), site(C));
        assertThat(trackers.events()).containsOnly(AnnounceEvent.STOPPED);
        assertThat(ended).containsExactly(search);
        assertThat(loop.timers()).as("timers left").isZero();
    }

    @Test
    void saysNothingWhereItHasNeverStarted() {
        trackers.answerAll(DOWN);
        TrackerSearch search = search(List.of(List.of(A)));
        trackers.calls.clear();
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        assertThat(done).containsExactly(true);
        assertThat(trackers.calls).isEmpty();
    }

    @Test
    void givesUpAGoodbyeThatNobodyTakes() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A)));
        trackers.answer(_ -> Optional.empty());
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        loop.pass(Duration.ofMillis(1990));
        assertThat(done).isEmpty();
        loop.pass(Duration.ofMillis(20));
        assertThat(done).containsExactly(false);
        trackers.last().hearing().over(FINE, false);
        loop.turn();
        assertThat(done).as("told once").hasSize(1);
    }

    @Test
    void saysStoppedAfterStartedThatWasUnderWay() {
        TrackerSearch search = search(List.of(List.of(A)));
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        assertThat(trackers.events()).containsExactly(AnnounceEvent.STARTED);
        ScriptedAnnouncer.Call started = trackers.last();
        int changes = heard.changes;
        trackers.answerAll(FINE);
        started.hearing()
                .over(
                        ScriptedAnnouncer.answer(60, -1, new InetSocketAddress("10.1.1.1", 5)),
                        false);
        loop.turn();
        assertThat(trackers.events()).containsExactly(AnnounceEvent.STARTED, AnnounceEvent.STOPPED);
        assertThat(done).containsExactly(true);
        assertThat(heard.peers).as("no callback after stop").isEmpty();
        assertThat(heard.changes).isEqualTo(changes);
    }

    @Test
    void startsAgainOnlyAfterItsGoodbye() {
        trackers.answerAll(FINE);
        TrackerSearch first = search(List.of(List.of(A)));
        trackers.answer(_ -> Optional.empty());
        first.stop(_ -> {});
        ScriptedAnnouncer.Call goodbye = trackers.last();
        search(List.of(List.of(A)));
        loop.pass(Duration.ofMillis(1500));
        assertThat(trackers.last()).as("started must not overtake stopped").isEqualTo(goodbye);
        goodbye.hearing().over(FINE, false);
        loop.pass(Duration.ofMillis(200));
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED, AnnounceEvent.STOPPED, AnnounceEvent.STARTED);
    }

    @Test
    void leavesOutAGoodbyeThatWouldComeAfterTheNextStart() {
        TrackerSearch first = search(List.of(List.of(A)));
        ScriptedAnnouncer.Call started = trackers.last();
        List<Boolean> done = new ArrayList<>();
        first.stop(done::add);
        loop.pass(Duration.ofSeconds(10)); // what was sent before counts no more
        trackers.answerAll(FINE);
        search(List.of(List.of(B))).stop(_ -> {});
        loop.turn();
        trackers.calls.clear();
        search(List.of(List.of(A)));
        started.hearing().over(FINE, false);
        loop.pass(Duration.ofSeconds(10));
        assertThat(trackers.events())
                .as("the tracker would take us for gone")
                .containsExactly(AnnounceEvent.STARTED);
        assertThat(done).hasSize(1);
    }

    @Test
    void announcesBothSwarmsOfAHybrid() {
        trackers.answerAll(FINE);
        byte[] v2 = Specs.filled(32, 0x22);
        TrackerSearch search = search(InfoHash.hybrid(Specs.SWARM, v2), List.of(List.of(A)));
        search.completed();
        loop.turn();
        search.stop(_ -> {});
        loop.turn();
        assertThat(trackers.events())
                .containsExactly(
                        AnnounceEvent.STARTED,
                        AnnounceEvent.STARTED,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.COMPLETED,
                        AnnounceEvent.STOPPED,
                        AnnounceEvent.STOPPED);
        assertThat(trackers.calls.get(0).request().swarm()).isEqualTo(Specs.SWARM);
        assertThat(trackers.calls.get(1).request().swarm()).isEqualTo(Specs.filled(20, 0x22));
    }

    @Test
    void goesOnWithTrackersThatAreStillListed() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A), List.of(B)));
        trackers.calls.clear();
        search.trackers(List.of(List.of(C), List.of(A)));
        loop.turn();
        assertThat(trackers.calls).hasSize(2);
        assertThat(trackers.calls)
                .anyMatch(call ->
                        call.url().equals(site(B)) && call.event() == AnnounceEvent.STOPPED);
        assertThat(trackers.calls)
                .anyMatch(call -> call.url().equals(C) && call.event() == AnnounceEvent.STARTED);
        assertThat(search.status()).extracting(TrackerSnapshot::url).containsExactly(C, A);
        assertThat(search.status()).extracting(TrackerSnapshot::number).containsExactly(0, 1);
    }

    @Test
    void tellsTheStateOfEachTracker() {
        trackers.answer(call -> Optional.of(call.url().contains("//b.") ? DOWN : FINE));
        TrackerSearch search = search(List.of(List.of(A), List.of(B, "wss://x/announce", A)));
        List<TrackerSnapshot> status = search.status();
        assertThat(status)
                .extracting(TrackerSnapshot::url)
                .containsExactly(A, B, "wss://x/announce");
        assertThat(status).extracting(TrackerSnapshot::tier).containsExactly(0, 1, 1);
        assertThat(status)
                .extracting(TrackerSnapshot::status)
                .containsExactly(Status.WORKING, Status.ERROR, Status.DISABLED);
        TrackerSnapshot working = status.get(0);
        assertThat(working.seeders()).isEqualTo(1);
        assertThat(working.leechers()).isEqualTo(2);
        assertThat(working.downloads()).isEqualTo(3);
        assertThat(working.lastAnnounce()).isEqualTo(loop.now());
        assertThat(working.nextAnnounce()).isEqualTo(loop.now().plusSeconds(1800));
        assertThat(status.get(1).message()).isEqualTo("down");
        assertThat(status.get(1).lastAnnounceSucceeded()).isFalse();
        assertThat(status.get(2).nextAnnounce()).isNull();
        assertThat(heard.changes).isGreaterThanOrEqualTo(2);
    }

    @Test
    void fallsSilentWhenTheBundleGoes() {
        TrackerSearch search = search(List.of(List.of(A)));
        int changes = heard.changes;
        search.abandon();
        trackers.last().hearing().over(FINE, false);
        loop.pass(Duration.ofDays(1));
        assertThat(trackers.events()).containsExactly(AnnounceEvent.STARTED);
        assertThat(heard.changes).isEqualTo(changes);
        assertThat(loop.timers()).isZero();
    }

    /** A link named only one hash of a hybrid. */
    @Test
    void announcesSoonInASwarmThatTheMetadataTold() {
        trackers.answerAll(FINE);
        TrackerSearch search = search(List.of(List.of(A)));
        byte[] v2 = Specs.filled(32, 0x22);
        search.swarms(InfoHash.hybrid(Specs.SWARM, v2));
        loop.pass(Duration.ofSeconds(9)); // as often as its budget allows
        assertThat(trackers.last().request().swarm()).isEqualTo(Specs.filled(20, 0x22));
        assertThat(trackers.last().event()).isEqualTo(AnnounceEvent.STARTED);
        int calls = trackers.calls.size();
        search.swarms(InfoHash.hybrid(Specs.SWARM, v2));
        loop.pass(Duration.ofSeconds(9));
        assertThat(trackers.calls).as("nothing is new").hasSize(calls);
    }
}
