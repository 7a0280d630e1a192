package org.bittern.lsd.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LsdNodeTest {
    private static final InetAddress NEIGHBOUR = InetAddress.ofLiteral("192.168.1.7");

    /** Close to the overflow: what compares times other than by difference fails. */
    private final VirtualTime time = new VirtualTime(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20));

    private final VirtualLoop loop = VirtualLoop.only(time);
    private final Hub hub = new Hub();
    private final List<InetSocketAddress> found = new ArrayList<>();

    /** A network on which everybody hears everybody. */
    private static final class Hub {
        final List<LsdMessage> sent = new ArrayList<>();
        final List<Air.Ear> ears = new ArrayList<>();
        int closed;

        Air join(Air.Ear ear) {
            ears.add(ear);
            return new Air() {
                @Override
                public void send(LsdMessage message) {
                    sent.add(message);
                    ears.forEach(other -> other.heard(message.encode("group"), NEIGHBOUR));
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }
    }

    private final class Listener implements SearchListener {
        @Override
        public void found(List<InetSocketAddress> peers, boolean trusted) {
            assertThat(trusted).isFalse();
            found.addAll(peers);
        }

        @Override
        public void statusChanged() {}

        @Override
        public void externalAddress(InetAddress address) {}
    }

    private static InfoHash hash(int number) {
        try {
            return InfoHash.parse("%040x".formatted(number));
        } catch (MetainfoException e) {
            throw new AssertionError(e);
        }
    }

    private LsdNode node(int port) {
        return new LsdNode(loop, port, "cookie-" + port, hub::join);
    }

    private LsdSearch search(LsdNode node, InfoHash infoHash) {
        SearchSpec spec =
                new SearchSpec(
                        infoHash,
                        new byte[20],
                        0,
                        false,
                        List.of(),
                        1,
                        List.of(),
                        loop,
                        () -> new SearchSpec.Tally(0, 0, Optional.empty(), 0, 0, false, 0));
        LsdSearch search = new LsdSearch(spec, new Listener(), node, () -> {});
        search.begin();
        return search;
    }

    @Test
    void twoFindEachOtherAndNotThemselves() {
        search(node(1111), hash(1));
        search(node(2222), hash(1));
        time.run(Duration.ofSeconds(1));
        assertThat(found)
                .containsExactlyInAnyOrder(
                        new InetSocketAddress(NEIGHBOUR, 1111),
                        new InetSocketAddress(NEIGHBOUR, 2222));
    }

    @Test
    void hearsOnlyOfItsOwnTorrents() {
        search(node(1111), hash(1));
        search(node(2222), hash(2));
        time.run(Duration.ofSeconds(1));
        assertThat(found).isEmpty();
    }

    @Test
    void announcesManyTorrentsInFewMessages() {
        LsdNode node = node(1111);
        for (int i = 0; i < 45; i++) {
            search(node, hash(i));
        }
        time.run(Duration.ofSeconds(1));
        assertThat(hub.sent).hasSize(3);
        assertThat(hub.sent.stream().mapToInt(message -> message.infoHashes().size()).sum())
                .isEqualTo(45);
    }

    @Test
    void announcesEveryFiveMinutesAndNeverTwiceInAMinute() {
        LsdSearch search = search(node(1111), hash(1));
        time.run(Duration.ofSeconds(1));
        assertThat(hub.sent).hasSize(1);
        for (int i = 0; i < 20; i++) {
            search.now();
            search.wantPeers();
            time.run(Duration.ofSeconds(1));
        }
        assertThat(hub.sent).hasSize(1);
        time.run(Duration.ofSeconds(45));
        assertThat(hub.sent).hasSize(2);
        time.run(Duration.ofMinutes(26));
        assertThat(hub.sent).hasSize(7);
    }

    @Test
    void staysSilentWhenTheSearchHasEnded() {
        LsdNode node = node(1111);
        LsdSearch search = search(node, hash(1));
        LsdSearch other = search(node, hash(2));
        time.run(Duration.ofSeconds(1));
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        time.run(Duration.ofMinutes(6));
        assertThat(done).containsExactly(true);
        assertThat(hub.sent).hasSize(2);
        assertThat(hub.sent.getLast().infoHashes()).hasSize(1);
        other.stop(done::add);
        node.close();
        time.run(Duration.ofMinutes(20));
        assertThat(hub.sent).hasSize(2);
        assertThat(hub.closed).isOne();
    }

    @Test
    void aFloodIsNotHeard() {
        search(node(1111), hash(1));
        time.run(Duration.ofSeconds(1));
        for (int i = 0; i < 10 * LsdNode.MAX_HEARD_PER_SECOND; i++) {
            byte[] bytes = new LsdMessage(1 + i, List.of(hash(1).wireHash()), "").encode("group");
            hub.ears.getFirst().heard(bytes, NEIGHBOUR);
        }
        hub.ears.getFirst().heard("nonsense".getBytes(StandardCharsets.UTF_8), NEIGHBOUR);
        time.run(Duration.ofMillis(500));
        assertThat(found).hasSizeLessThanOrEqualTo(LsdNode.MAX_HEARD_PER_SECOND);
    }

    @Test
    void knowsWhoIsInItsNetwork() {
        byte[] ours = {(byte) 192, (byte) 168, 1, 5};
        byte[] near = {(byte) 192, (byte) 168, 1, (byte) 200};
        byte[] far = {(byte) 192, (byte) 168, 2, 5};
        assertThat(LocalNet.samePrefix(ours, near, 24)).isTrue();
        assertThat(LocalNet.samePrefix(ours, far, 24)).isFalse();
        assertThat(LocalNet.samePrefix(ours, far, 22)).isTrue();
        assertThat(LocalNet.samePrefix(ours, near, 25)).isFalse();
        assertThat(LocalNet.samePrefix(ours, new byte[16], 0)).isFalse();
    }

    @Test
    void aSearchLearnsOfAnotherSwarm() {
        byte[] v2 = new byte[InfoHash.V2_BYTES];
        v2[0] = 7;
        InfoHash both = InfoHash.hybrid(hash(1).wireHash(), v2);
        LsdSearch search = search(node(1111), hash(1));
        search(node(2222), InfoHash.ofV2(v2));
        time.run(Duration.ofSeconds(1));
        assertThat(found).isEmpty();
        search.swarms(both);
        search.swarms(both); // nothing new
        time.run(Duration.ofSeconds(1));
        assertThat(found).containsExactly(new InetSocketAddress(NEIGHBOUR, 1111));
    }
}
