package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.bittern.engine.internal.choice.PeerBook.Admission;
import org.bittern.engine.internal.choice.PeerBook.Candidate;
import org.bittern.engine.internal.choice.PeerBook.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PeerBookTest {
    private static final long SECOND = 1_000_000_000L;

    private final PeerBook book = new PeerBook(new Random(1));
    private long now = Long.MAX_VALUE - 20 * SECOND; // wraps around during the tests

    private static InetSocketAddress peer(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private final InetSocketAddress alice = peer("192.0.2.1", 6881);
    private final InetSocketAddress bob = peer("192.0.2.2", 6881);

    private boolean add(InetSocketAddress address) {
        return book.add(List.of(address), Source.TRACKER, false, now);
    }

    private Optional<InetSocketAddress> next() {
        return book.next(now).map(Candidate::address);
    }

    @Test
    void dialsEachPeerOnce() {
        assertThat(add(alice)).isTrue();
        assertThat(add(bob)).isTrue();
        assertThat(add(alice)).as("known").isFalse();
        List<InetSocketAddress> dialled = new ArrayList<>();
        for (Optional<InetSocketAddress> next = next(); next.isPresent(); next = next()) {
            dialled.add(next.get());
        }
        assertThat(dialled).containsExactlyInAnyOrder(alice, bob);
    }

    @Test
    void waitsLongerAfterEachFailureAlsoWhenThePeerIsNamedAgain() {
        add(alice);
        long last = 0;
        for (int failure = 0; failure < 8; failure++) {
            assertThat(next()).contains(alice);
            book.dialFailed(alice, false, now);
            long failedAt = now;
            while (next().isEmpty()) {
                add(alice);
                now += SECOND;
            }
            book.connected(alice);
            long waited = now - failedAt;
            assertThat(waited).isGreaterThan(last);
            last = waited;
            book.disconnected(alice, false, now);
            now += 3600 * SECOND;
        }
        assertThat(last).isGreaterThan(600 * SECOND);
    }

    @Test
    void tellsWhenTheNextIsDue() {
        add(alice);
        assertThat(next()).contains(alice);
        book.dialFailed(alice, false, now);
        assertThat(next()).isEmpty();
        now += book.idleNanos(now) - 1;
        assertThat(next()).isEmpty();
        now += 1;
        assertThat(next()).contains(alice);
    }

    @Test
    void dialsADeadPeerAFewTimesAnHourHoweverOftenItIsNamed() {
        int dials = 0;
        for (int second = 0; second < 3600; second++) {
            add(alice);
            if (next().isPresent()) {
                dials++;
                book.dialFailed(alice, false, now);
            }
            now += SECOND;
        }
        assertThat(dials).isBetween(5, 11);
    }

    @Test
    void triesSoonAgainWhomItHasMetAndWhoRefusesTheNextLink() {
        book.add(List.of(alice), Source.RESUME, false, now);
        add(bob);
        assertThat(next()).isPresent();
        assertThat(next()).isPresent();
        book.dialFailed(alice, true, now);
        book.dialFailed(bob, true, now);
        now += SECOND;
        assertThat(next()).as("known from the run before").contains(alice);
        assertThat(next()).isEmpty();
        book.connected(alice);
        book.disconnected(alice, true, now);
        now += 7 * SECOND;
        assertThat(next()).isPresent();
        assertThat(next()).isPresent();
        book.dialFailed(alice, false, now);
        now += SECOND;
        assertThat(next()).as("does not answer").isEmpty();
    }

    @Test
    void goesAwayFromWhoRefusesForEver() {
        book.add(List.of(alice), Source.RESUME, false, now);
        int dials = 0;
        for (int tenth = 0; tenth < 36_000; tenth++) {
            if (next().isPresent()) {
                dials++;
                book.dialFailed(alice, true, now);
            }
            now += SECOND / 10;
        }
        assertThat(dials).isBetween(8, 15);
    }

    @Test
    void admitsAPeerThatDialsUsWhileWeDialIt() {
        add(alice);
        assertThat(next()).contains(alice);
        assertThat(book.incoming(peer("192.0.2.1", 40_000), now)).isEqualTo(Admission.WELCOME);
        assertThat(book.incoming(peer("192.0.2.1", 40_001), now)).isEqualTo(Admission.SAME_IP);
    }

    @Test
    void startsAgainWithTheShortestDelayAfterAUsefulLink() {
        add(alice);
        for (int failure = 0; failure < 6; failure++) {
            next();
            book.dialFailed(alice, false, now);
            now += 3600 * SECOND;
        }
        assertThat(next()).contains(alice);
        book.connected(alice);
        book.disconnected(alice, true, now);
        assertThat(next()).isEmpty();
        now += 7 * SECOND;
        assertThat(next()).contains(alice);
    }

    @Test
    void dialsAPeerThatAPersonNamesAtOnceAlsoWhenSeeding() {
        add(alice);
        next();
        book.dialFailed(alice, false, now);
        book.seed(alice, true);
        book.seeding(true);
        assertThat(next()).isEmpty();
        book.force(alice, PeerBook.Source.MANUAL, true, now);
        assertThat(next()).contains(alice);
    }

    @Test
    void dialsNoSeedsWhileSeeding() {
        add(alice);
        book.seed(alice, true);
        book.seeding(true);
        assertThat(next()).isEmpty();
        book.seeding(false);
        assertThat(next()).contains(alice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "169.254.3.4", "fe80::1"})
    void believesLocalAddressesOnlyToLocalSources(String host) {
        assertThat(book.add(List.of(peer(host, 6881)), Source.TRACKER, false, now)).isFalse();
        assertThat(book.add(List.of(peer(host, 6881)), Source.TRACKER, true, now)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1"})
    void takesNoAddressThatIsNobodys(String host) {
        assertThat(book.add(List.of(peer(host, 6881)), Source.TRACKER, true, now)).isFalse();
    }

    @Test
    void takesNoPortZeroAndNoUnresolvedName() {
        assertThat(add(peer("192.0.2.1", 0))).isFalse();
        assertThat(add(InetSocketAddress.createUnresolved("peer.invalid", 6881))).isFalse();
    }

    @Test
    void neverDialsABannedPeerOrItself() {
        add(alice);
        add(bob);
        book.ban(alice, now);
        book.self(bob);
        book.force(alice, PeerBook.Source.MANUAL, true, now);
        assertThat(next()).isEmpty();
        assertThat(book.isBanned(alice)).isTrue();
        assertThat(book.incoming(peer("192.0.2.1", 40_000), now))
                .as("from another port")
                .isEqualTo(Admission.BANNED);
    }

    @Test
    void tellsPeersOnLoopbackApartByTheirPort() {
        InetSocketAddress one = peer("127.0.0.1", 50_001);
        InetSocketAddress two = peer("127.0.0.1", 50_002);
        book.ban(one, now);
        assertThat(book.incoming(two, now)).isEqualTo(Admission.WELCOME);
        assertThat(book.incoming(peer("127.0.0.1", 50_003), now)).isEqualTo(Admission.WELCOME);
        assertThat(book.incoming(one, now)).isEqualTo(Admission.BANNED);
    }

    @Test
    void allowsOneLinkPerAddressUnlessToldOtherwise() {
        assertThat(book.incoming(peer("192.0.2.1", 40_000), now)).isEqualTo(Admission.WELCOME);
        assertThat(book.incoming(peer("192.0.2.1", 40_001), now)).isEqualTo(Admission.SAME_IP);
        add(alice);
        assertThat(next()).isEmpty();
        book.allowSameIp(true);
        assertThat(book.incoming(peer("192.0.2.1", 40_001), now)).isEqualTo(Admission.WELCOME);
        assertThat(next()).contains(alice);
    }

    @Test
    void dialsAnIncomingPeerAtItsListenPortOnlyAfterItsLinkHasEnded() {
        InetSocketAddress remote = peer("127.0.0.1", 40_000);
        InetSocketAddress listening = peer("127.0.0.1", 6881);
        book.incoming(remote, now);
        book.listensOn(remote, 6881, now);
        now += 100 * SECOND;
        assertThat(next()).isEmpty();
        book.disconnected(remote, true, now);
        now += 10 * SECOND;
        assertThat(next()).contains(listening);
        assertThat(book.size()).as("the port it dialled from is forgotten").isEqualTo(1);
    }

    @Test
    void makesRoomByForgettingWhoFailedMost() {
        for (int i = 0; i < PeerBook.MAX_PEERS; i++) {
            assertThat(add(peer("10.0." + i / 250 + "." + i % 250, 6881))).isTrue();
        }
        InetSocketAddress failing = next().orElseThrow();
        book.dialFailed(failing, false, now);
        assertThat(add(alice)).isTrue();
        assertThat(book.size()).isEqualTo(PeerBook.MAX_PEERS);
        assertThat(add(failing)).as("forgotten, hence new").isTrue();
    }

    private static List<InetSocketAddress> flood(int second, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> peer("10." + second + "." + i / 250 + "." + i % 250, 6881))
                .toList();
    }

    @Test
    void dialsTheOnlyPeerOfOneVoiceAmongTheFirstOfAll() {
        List<List<InetSocketAddress>> floods = new ArrayList<>();
        for (int voice = 0; voice < 5; voice++) {
            floods.add(flood(voice, 300));
        }
        book.add(floods.getFirst(), Source.TRACKER, false, now);
        book.add(List.of(alice), Source.TRACKER, false, now);
        floods.forEach(named -> book.add(named, Source.TRACKER, false, now));
        List<InetSocketAddress> first =
                IntStream.range(0, 6).mapToObj(_ -> next().orElseThrow()).toList();
        assertThat(first).contains(alice);
        assertThat(floods).allMatch(named -> named.stream().filter(first::contains).count() == 1);
    }

    @Test
    void noFloodDrivesOutWhatOthersNamed() {
        book.add(List.of(alice, bob), Source.TRACKER, false, now);
        for (int voice = 0; voice < 20; voice++) {
            book.add(flood(voice, 10_000), Source.PEX, false, now);
        }
        assertThat(book.size()).isEqualTo(PeerBook.MAX_PEERS);
        List<InetSocketAddress> early =
                IntStream.range(0, 42).mapToObj(_ -> next().orElseThrow()).toList();
        assertThat(early).contains(alice, bob);
    }

    @Test
    void takesOnlySoManyOfOneAnswer() {
        book.add(flood(0, 10_000), Source.TRACKER, false, now);
        assertThat(book.size()).isEqualTo(PeerRanks.MOST_NAMED);
    }

    @Test
    void prefersTheHighestCanonicalPriority() {
        InetSocketAddress own = peer("198.51.100.7", 6881);
        assertThat(book.rank(alice)).isEmpty();
        book.ownAddress(own);
        assertThat(book.rank(alice)).hasValue(PeerPriority.of(own, alice));
        assertThat(book.rank(peer("2001:db8::8", 6881))).isEmpty();
        book.ownAddress(peer("2001:db8::7", 6881)); // which says nothing about IPv4
        for (String none : List.of("192.168.0.7", "127.0.0.1", "224.0.0.1", "0.0.0.0")) {
            book.ownAddress(peer(none, 6881)); // who says so does not see what peers see
        }
        List<InetSocketAddress> all = new ArrayList<>();
        for (int i = 1; i < 50; i++) {
            all.add(peer("10." + i + ".7.1", 6881));
        }
        all.forEach(this::add);
        all.sort((a, b) -> Long.compare(PeerPriority.of(own, b), PeerPriority.of(own, a)));
        List<InetSocketAddress> dialled = new ArrayList<>();
        for (Optional<InetSocketAddress> next = next(); next.isPresent(); next = next()) {
            dialled.add(next.get());
        }
        assertThat(dialled).isEqualTo(all);
    }

    @Test
    void dialsAgainAtOnceAfterLinksWereCutByUs() {
        add(alice);
        next();
        book.connected(alice);
        book.disconnected(alice, true, now);
        assertThat(next()).isEmpty();
        book.forgive(now);
        assertThat(next()).contains(alice);
    }

    @Test
    void forgetsTheOldestBanWhenThereAreTooMany() {
        for (int i = 0; i <= Bans.MAX; i++) {
            book.ban(peer("127.0.0.1", 1000 + i), now);
        }
        assertThat(book.isBanned(peer("127.0.0.1", 1000))).isFalse();
        assertThat(book.isBanned(peer("127.0.0.1", 1001))).isTrue();
        assertThat(book.size()).isEqualTo(Bans.MAX);
    }

    @Test
    void keepsTheBestForTheNextRun() {
        add(alice);
        add(bob);
        InetSocketAddress first = next().orElseThrow();
        book.connected(first);
        book.incoming(peer("192.0.2.9", 40_000), now);
        assertThat(book.best(1)).containsExactly(first);
        assertThat(book.best(10)).containsExactlyInAnyOrder(alice, bob);
    }
}
