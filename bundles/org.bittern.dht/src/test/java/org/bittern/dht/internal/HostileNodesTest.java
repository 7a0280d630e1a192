package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What strangers may not do to a node. */
@Timeout(60)
class HostileNodesTest {
    private static final InetSocketAddress STRANGER = at("5.6.7.8", 6881);

    /** Close to the overflow: what compares times other than by difference fails. */
    private final VirtualTime time = new VirtualTime(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20));

    private final VirtualLoop loop = VirtualLoop.only(time);
    private final List<Sent> sent = new ArrayList<>();
    private final DhtNode node =
            new DhtNode(
                    new DhtNode.Surroundings(
                            loop,
                            new Random(5),
                            (bytes, to) -> sent.add(new Sent(bytes, to)),
                            blocked -> blocked.equals(InetAddress.ofLiteral("6.6.6.6")),
                            (names, done) -> done.accept(List.of())));
    private final NodeId id = SecureId.make(STRANGER.getAddress(), new Random(6));

    private record Sent(byte[] bytes, InetSocketAddress to) {}

    HostileNodesTest() {
        node.start(Set.of(Family.V4), List.of());
    }

    @Test
    void answersFromAnotherAddressOrWithAnotherNumberDoNotCount() {
        node.greet(STRANGER);
        Krpc.Query asked = (Krpc.Query) last();
        BDict values = BDict.builder().put("id", id.text()).build();
        receive(new Krpc.Reply(asked.transaction(), values, BString.EMPTY), at("5.6.7.9", 6881));
        receive(new Krpc.Reply(asked.transaction(), values, BString.EMPTY), at("5.6.7.8", 1));
        receive(new Krpc.Reply(BString.of("none"), values, BString.EMPTY), STRANGER);
        assertThat(node.contacts()).isEmpty();
        receive(new Krpc.Reply(asked.transaction(), values, BString.EMPTY), STRANGER);
        assertThat(node.contacts()).containsExactly(new Contact(id, STRANGER));
    }

    @Test
    void announcesNeedATokenOfTheSameAddress() {
        BDict hash = BDict.builder().put("info_hash", new byte[20]).build();
        BString token = answer("get_peers", hash).values().string("token").orElseThrow();
        BDict announce = hash.toBuilder().put("port", 1234).put("token", token).build();
        sent.clear();
        receive(query("announce_peer", announce), at("5.6.7.99", 6881));
        assertThat(parse(sent.getFirst().bytes)).isInstanceOf(Krpc.Failure.class);
        sent.clear();
        receive(query("announce_peer", hash.toBuilder().put("port", 1234).build()), STRANGER);
        assertThat(parse(sent.getFirst().bytes)).isInstanceOf(Krpc.Failure.class);
        assertThat(answer("get_peers", hash).values().has("values")).isFalse();
        answer("announce_peer", announce);
        assertThat(answer("get_peers", hash).values().list("values").orElseThrow().size()).isOne();
        BDict samples = answer("sample_infohashes", target()).values();
        assertThat(samples.integer("num")).hasValue(1);
        assertThat(samples.string("samples").orElseThrow().length()).isEqualTo(20);
    }

    @Test
    void anAnswerWithFiltersFitsIntoAPacket() {
        BDict hash = BDict.builder().put("info_hash", new byte[20]).build();
        BDict scrape = hash.toBuilder().put("scrape", 1).build();
        assertThat(answer("get_peers", scrape).values().has("BFpe")).as("nobody").isFalse();
        for (int i = 1; i < 60; i++) {
            InetSocketAddress peer = at("5.6.7." + i, 6881);
            NodeId itsId = SecureId.make(peer.getAddress(), new Random(i));
            BDict itself = hash.toBuilder().put("id", itsId.text()).build();
            sent.clear();
            receive(new Krpc.Query(BString.of("aa"), "get_peers", itself, false), peer);
            BString token =
                    ((Krpc.Reply) parse(sent.getFirst().bytes))
                            .values()
                            .string("token")
                            .orElseThrow();
            BDict announce =
                    itself.toBuilder()
                            .put("port", 1234)
                            .put("seed", i % 3 == 0 ? 1 : 0)
                            .put("token", token)
                            .build();
            receive(new Krpc.Query(BString.of("aa"), "announce_peer", announce, false), peer);
        }
        time.run(Duration.ofSeconds(10)); // the rate of one address
        Krpc.Reply reply = answer("get_peers", scrape);
        Scrape size = new Scrape();
        size.heard(reply.values());
        assertThat(size.seeds()).isBetween(17, 21);
        assertThat(size.downloaders()).isBetween(37, 43);
        assertThat(reply.values().list("values").orElseThrow().size()).isEqualTo(8);
        assertThat(reply.encode().length).isLessThan(1200);
        assertThat(answer("get_peers", hash).values().has("BFpe")).isFalse();
    }

    @Test
    void aFloodIsNotAnswered() {
        for (int i = 0; i < 1000; i++) {
            receive(query("ping", BDict.EMPTY), STRANGER);
        }
        assertThat(sent).hasSizeLessThanOrEqualTo(2 * RateGate.BURST);
        receive(query("ping", BDict.EMPTY), at("5.5.5.5", 1));
        assertThat(sent).anyMatch(datagram -> datagram.to.equals(at("5.5.5.5", 1)));
    }

    @Test
    void blockedAddressesHearNothing() {
        receive(query("ping", BDict.EMPTY), at("6.6.6.6", 6881));
        node.greet(at("6.6.6.6", 6881));
        assertThat(sent).isEmpty();
    }

    @Test
    void readOnlyNodesAreAnsweredButNotPinged() {
        Krpc.Query query = query("ping", BDict.EMPTY);
        receive(new Krpc.Query(query.transaction(), "ping", query.arguments(), false), STRANGER);
        assertThat(sent).hasSize(2); // the answer and a ping
        sent.clear();
        node.received(
                new Krpc.Query(query.transaction(), "ping", query.arguments(), true), STRANGER);
        assertThat(sent).hasSize(1);
    }

    @Test
    void answersAreNoLongerThanAFewQueries() {
        Krpc.Query query =
                query("get_peers", BDict.builder().put("info_hash", new byte[20]).build());
        receive(query, STRANGER);
        assertThat(sent.getFirst().bytes.length).isLessThan(4 * query.encode().length);
    }

    @Test
    void noStrangerSendsUsToOurselvesOrToAMultitude() {
        InetAddress far = STRANGER.getAddress();
        for (String bad : new String[] {"127.0.0.1", "0.0.0.0", "224.0.0.1", "10.0.0.1"}) {
            assertThat(Scope.mayName(far, at(bad, 80))).isFalse();
        }
        assertThat(Scope.mayName(far, at("8.8.8.8", 80))).isTrue();
        assertThat(Scope.mayName(far, at("8.8.8.8", 0))).isFalse();
    }

    @Test
    void refusesUnknownMethodsAndBadArguments() {
        receive(query("vote", BDict.EMPTY), STRANGER);
        assertThat(((Krpc.Failure) parse(sent.getFirst().bytes)).code()).isEqualTo(204);
        sent.clear();
        receive(query("find_node", BDict.builder().put("target", "short").build()), STRANGER);
        assertThat(((Krpc.Failure) parse(sent.getFirst().bytes)).code()).isEqualTo(203);
    }

    private static BDict target() {
        return BDict.builder().put("target", new byte[20]).build();
    }

    private Krpc.Reply answer(String method, BDict arguments) {
        sent.clear();
        receive(query(method, arguments), STRANGER);
        return (Krpc.Reply) parse(sent.getFirst().bytes);
    }

    private Krpc.Query query(String method, BDict arguments) {
        BDict complete = arguments.toBuilder().put("id", id.text()).build();
        return new Krpc.Query(BString.of("aa"), method, complete, false);
    }

    private void receive(Krpc message, InetSocketAddress from) {
        node.received(ByteBuffer.wrap(message.encode()), from);
    }

    private Krpc last() {
        return parse(sent.getLast().bytes);
    }

    private static Krpc parse(byte[] bytes) {
        return Krpc.parse(ByteBuffer.wrap(bytes)).orElseThrow();
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
