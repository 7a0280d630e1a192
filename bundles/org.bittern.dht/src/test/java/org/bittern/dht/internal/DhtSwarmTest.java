package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole networks of nodes in virtual time. */
@Timeout(60)
class DhtSwarmTest {
    private static final byte[] HASH = new byte[20];

    static {
        HASH[0] = 0x5a;
    }

    private final SimNetwork network = new SimNetwork(42);

    @Test
    void everyNodeOfSixtyLearnsOfOthers() {
        network.grow(60);
        network.time.run(Duration.ofMinutes(1));
        assertThat(network.nodes.values())
                .allSatisfy(node -> assertThat(node.contacts()).hasSizeGreaterThan(10));
    }

    @Test
    void whatOneAnnouncesAnotherFinds() {
        network.grow(60);
        network.time.run(Duration.ofMinutes(1));
        search(7, 5001);
        network.time.run(Duration.ofSeconds(20));
        Heard heard = search(44, 5002);
        network.time.run(Duration.ofSeconds(20));
        assertThat(heard.peers).contains(peer(7, 5001));
        assertThat(heard.trusted).containsOnly(true);
    }

    @Test
    void estimatesTheSwarmFromTheFiltersOfAllNodes() {
        network.grow(60);
        network.time.run(Duration.ofMinutes(1));
        for (int i = 0; i < 30; i++) {
            start(i, 5000 + i, new Heard(), i % 3 == 0 ? 0 : 1);
        }
        network.time.run(Duration.ofMinutes(1));
        Heard heard = search(44, 5500);
        network.time.run(Duration.ofMinutes(1));
        assertThat(heard.seeds).isBetween(8, 12);
        assertThat(heard.downloaders).isBetween(17, 24);
    }

    /** All of them on ::1, as nodes of the other DHT (BEP 32). */
    @Test
    void nodesOverIpv6FindEachOthersPeers() {
        InetSocketAddress first = six(7000);
        for (int i = 0; i < 20; i++) {
            network.add(six(7000 + i), i == 0 ? List.of() : List.of(first));
        }
        network.time.run(Duration.ofMinutes(1));
        start(six(7003), 5001, new Heard(), 1);
        network.time.run(Duration.ofSeconds(20));
        Heard heard = new Heard();
        start(six(7017), 5002, heard, 1);
        network.time.run(Duration.ofSeconds(20));
        assertThat(heard.peers).contains(six(5001));
        DhtNode asker = network.nodes.get(six(7017));
        assertThat(asker).isNotNull();
        assertThat(asker.contacts())
                .hasSizeGreaterThan(5)
                .allMatch(contact -> Family.of(contact.address()) == Family.V6);
    }

    private static InetSocketAddress six(int port) {
        return new InetSocketAddress(SimNetwork.address("::1"), port);
    }

    @Test
    void announcesOutliveThatHalfOfTheNodesAreReplaced() {
        network.grow(60);
        network.time.run(Duration.ofMinutes(1));
        search(7, 5001);
        network.time.run(Duration.ofMinutes(1));
        for (int i = 20; i < 50; i++) {
            network.remove(SimNetwork.at(i));
        }
        network.grow(30);
        network.time.run(Duration.ofMinutes(31)); // two announces later
        Heard heard = search(80, 5002);
        network.time.run(Duration.ofMinutes(1));
        assertThat(heard.peers).contains(peer(7, 5001));
    }

    @Test
    void aSearchLearnsOfAnotherSwarm() {
        network.grow(60);
        network.time.run(Duration.ofMinutes(1));
        byte[] v2 = new byte[InfoHash.V2_BYTES];
        v2[0] = 7;
        start(7, 5001, new Heard()).swarms(InfoHash.hybrid(HASH, v2)); // in its first round
        network.time.run(Duration.ofMinutes(1));
        Heard heard = new Heard();
        start(InfoHash.ofV2(v2), SimNetwork.at(44), 5002, heard, 1);
        network.time.run(Duration.ofSeconds(20));
        assertThat(heard.peers).contains(peer(7, 5001));
    }

    @Test
    void whoStopsAnnouncingIsForgotten() {
        network.grow(30);
        network.time.run(Duration.ofMinutes(1));
        DhtSearch search = start(7, 5001, new Heard());
        network.time.run(Duration.ofMinutes(1));
        search.stop(done -> assertThat(done).isTrue());
        network.time.run(Duration.ofMinutes(60));
        Heard heard = search(20, 5002);
        network.time.run(Duration.ofMinutes(1));
        assertThat(heard.peers).doesNotContain(peer(7, 5001));
    }

    @Test
    void aSearchWithoutNodesBeginsWhenThereIsOne() {
        DhtNode alone = network.add(SimNetwork.at(0), List.of());
        Heard heard = search(0, 5001);
        network.time.run(Duration.ofMinutes(2));
        assertThat(network.datagrams).isZero();
        network.add(SimNetwork.at(1), List.of());
        search(1, 5002);
        alone.greet(SimNetwork.at(1));
        network.time.run(Duration.ofMinutes(3));
        assertThat(heard.peers).contains(peer(1, 5002));
    }

    /** Neither has announced itself yet when the other asks, and both rest for long afterwards. */
    @Test
    void twoThatAnnounceThemselvesToEachOtherAtOnceMeet() {
        network.add(SimNetwork.at(0), List.of());
        network.add(SimNetwork.at(1), List.of(SimNetwork.at(0)));
        network.time.run(Duration.ofMinutes(1));
        Heard first = new Heard();
        DhtSearch search = start(0, 5001, first);
        Heard second = search(1, 5002);
        network.time.run(Duration.ofSeconds(10));
        assertThat(first.peers).contains(peer(1, 5002));
        assertThat(second.peers).contains(peer(0, 5001));
        first.peers.clear();
        search.stop(done -> assertThat(done).isTrue());
        network.time.run(Duration.ofMinutes(1));
        search(1, 5003);
        network.time.run(Duration.ofSeconds(10));
        assertThat(first.peers).isEmpty();
    }

    @Test
    void wantingPeersAllTheTimeAsksOnceAMinute() {
        network.grow(20);
        network.time.run(Duration.ofMinutes(1));
        DhtSearch search = start(7, 5001, new Heard());
        network.time.run(Duration.ofSeconds(5));
        int before = network.datagrams;
        for (int i = 0; i < 50; i++) {
            search.wantPeers();
        }
        network.time.run(Duration.ofSeconds(1));
        assertThat(network.datagrams).isEqualTo(before);
    }

    @Test
    void deadNodesLeaveTheTables() {
        network.grow(20);
        network.time.run(Duration.ofMinutes(1));
        DhtNode survivor = network.nodes.get(SimNetwork.at(3));
        for (int i = 0; i < 20; i++) {
            if (i != 3) {
                network.remove(SimNetwork.at(i));
            }
        }
        network.time.run(Duration.ofHours(1));
        assertThat(survivor).isNotNull();
        assertThat(survivor.contacts()).isEmpty();
    }

    private Heard search(int number, int port) {
        Heard heard = new Heard();
        start(number, port, heard);
        return heard;
    }

    private DhtSearch start(int number, int port, Heard heard) {
        return start(number, port, heard, 1);
    }

    private DhtSearch start(int number, int port, Heard heard, long left) {
        return start(SimNetwork.at(number), port, heard, left);
    }

    private DhtSearch start(InetSocketAddress at, int port, Heard heard, long left) {
        return start(InfoHash.ofV1(HASH), at, port, heard, left);
    }

    private DhtSearch start(
            InfoHash infoHash, InetSocketAddress at, int port, Heard heard, long left) {
        SearchSpec spec =
                new SearchSpec(
                        infoHash,
                        new byte[20],
                        1,
                        false,
                        List.of(),
                        port,
                        List.of(),
                        network.loop,
                        () -> new SearchSpec.Tally(0, 0, Optional.of(left), 0, 50, false, 0));
        DhtNode node = network.nodes.get(at);
        assertThat(node).isNotNull();
        DhtSearch search = new DhtSearch(spec, heard, node, ended -> {});
        search.begin();
        return search;
    }

    private static InetSocketAddress peer(int number, int port) {
        return new InetSocketAddress(SimNetwork.at(number).getAddress(), port);
    }

    /** Remembers what was found. */
    private static final class Heard implements SearchListener {
        private final List<InetSocketAddress> peers = new ArrayList<>();
        private final List<Boolean> trusted = new ArrayList<>();
        private int seeds;
        private int downloaders;

        @Override
        public void estimated(int seedsNow, int downloadersNow) {
            seeds = seedsNow;
            downloaders = downloadersNow;
        }

        @Override
        public void found(List<InetSocketAddress> found, boolean local) {
            peers.addAll(found);
            trusted.add(local);
        }

        @Override
        public void statusChanged() {
            throw new AssertionError("the DHT has no trackers");
        }

        @Override
        public void externalAddress(InetAddress address) {
            throw new AssertionError("not on loopback");
        }
    }
}
