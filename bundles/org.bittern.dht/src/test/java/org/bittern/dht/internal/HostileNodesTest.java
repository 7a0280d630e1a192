package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BWriter;
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
        node.start(Set.of(Family.V4, Family.V6), List.of());
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
        answers(STRANGER);
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
        sent.clear();
        time.run(Duration.ofMinutes(4));
        receive(query("ping", BDict.EMPTY), STRANGER);
        assertThat(sent).noneMatch(datagram -> isAnswerTo(STRANGER, datagram));
        time.run(Duration.ofMinutes(2));
        receive(query("ping", BDict.EMPTY), STRANGER);
        assertThat(sent).anyMatch(datagram -> isAnswerTo(STRANGER, datagram));
    }

    private static boolean isAnswerTo(InetSocketAddress to, Sent datagram) {
        return datagram.to.equals(to) && parse(datagram.bytes) instanceof Krpc.Reply;
    }

    /** Each question seems to come from somebody else, so that none of them is one too many. */
    @Test
    void strangersTogetherAreToldLittleInASecond() {
        knowsMuch();
        sent.clear();
        int longAgo = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 200; i++) {
                receive(query("find_node", target()), at("40.%d.%d.1".formatted(second, i), 6881));
            }
            time.run(Duration.ofSeconds(1));
            longAgo = second < 30 ? answered() : longAgo;
        }
        assertThat(answered() - longAgo).isBetween(20 * 8192, 30 * 8192);
    }

    private int answered() {
        return sent.stream()
                .filter(datagram -> isAnswerTo(datagram.to, datagram))
                .mapToInt(datagram -> datagram.bytes.length)
                .sum();
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

    /** A node that knows much, and what of it a forger can have sent to somebody else. */
    @Test
    void answersToStrangersAreNoLongerThanThreeQueries() {
        BDict item = knowsMuch();
        BDict wants = target().toBuilder().put("want", both()).build();
        BDict hash = BDict.builder().put("info_hash", new byte[20]).build();
        BDict scrape = hash.toBuilder().put("scrape", 1).build();
        Map<String, List<BDict>> questions =
                Map.of(
                        "find_node", List.of(target(), wants),
                        "get_peers",
                                List.of(hash, scrape, hash.toBuilder().put("want", both()).build()),
                        "get", List.of(item, item.toBuilder().put("want", both()).build()),
                        "sample_infohashes", List.of(target(), wants));
        questions.forEach((method, all) ->
                all.forEach(arguments ->
                        assertThat(answer(method, arguments).encode().length)
                                .as("%s %s", method, arguments)
                                .isLessThanOrEqualTo(
                                        3 * query(method, arguments).encode().length)));
        assertThat(nodes(answer("find_node", target()), Family.V4)).isEqualTo(7);
        assertThat(nodes(answer("find_node", wants), Family.V4)).isGreaterThanOrEqualTo(4);
        assertThat(nodes(answer("find_node", wants), Family.V6)).isGreaterThanOrEqualTo(3);
        BDict found = answer("get_peers", hash).values();
        assertThat(found.list("values").orElseThrow().size()).isGreaterThanOrEqualTo(8);
        assertThat(found.string("nodes").orElseThrow().length()).isGreaterThanOrEqualTo(3 * 26);
        assertThat(answer("get", item).values().string("token")).isPresent();
    }

    /** Where an item fits just so, the lists of nodes have no room, not even empty ones. */
    @Test
    void anItemThatFillsTheAnswerIsTheLastThingInIt() {
        knowsMuch();
        Set<Boolean> told = new HashSet<>();
        for (int length = 200; length < 230; length++) {
            BDict get = keeps(length).toBuilder().put("want", both()).build();
            Krpc.Reply reply = answer("get", get);
            told.add(reply.values().has("v"));
            assertThat(reply.encode().length)
                    .as("with an item of %d", length)
                    .isLessThanOrEqualTo(3 * query("get", get).encode().length);
        }
        assertThat(told).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void whoProvedHisAddressIsToldAll() {
        BDict item = knowsMuch();
        BDict hash = BDict.builder().put("info_hash", new byte[20]).build();
        BDict scrape = hash.toBuilder().put("scrape", 1).build();
        BString token = answer("get_peers", hash).values().string("token").orElseThrow();
        assertThat(answer("get_peers", scrape).values().has("BFpe")).isFalse();
        BDict proof = scrape.toBuilder().put("token", token).build();
        assertThat(answer("get_peers", proof).values().has("BFpe")).as("by a token").isTrue();
        assertThat(answer("get", item).values().has("v")).isFalse();
        answers(STRANGER);
        assertThat(answer("get", item).values().has("v")).as("by an answer").isTrue();
        assertThat(nodes(answer("find_node", target()), Family.V4)).isEqualTo(8);
        assertThat(answer("get_peers", hash).values().list("values").orElseThrow().size())
                .isEqualTo(16);
    }

    /** Gives the node neighbours, peers of a torrent and an item; what asks for the item. */
    private BDict knowsMuch() {
        for (int i = 1; i <= 12; i++) {
            answers(at("20.%d.0.1".formatted(i), 6881));
            answers(at("2001:db8:%x::1".formatted(i), 6881));
        }
        BDict hash = BDict.builder().put("info_hash", new byte[20]).build();
        for (int i = 1; i <= 20; i++) {
            InetSocketAddress peer = at("30.%d.0.1".formatted(i), 6881);
            BString token = token(peer, "get_peers", hash);
            BDict announce = hash.toBuilder().put("port", 1234).put("token", token).build();
            receive(query("announce_peer", announce), peer);
        }
        BDict get = keeps(990);
        time.run(Duration.ofSeconds(10)); // the rate of all answers
        return get;
    }

    /** Gives the node an item; what asks for it. */
    private BDict keeps(int length) {
        BString value = BString.of("x".repeat(length));
        byte[] name = Digests.sha1(BWriter.write(value));
        BDict get = BDict.builder().put("target", name).build();
        InetSocketAddress owner = at("30.99.%d.%d".formatted(length / 250, length % 250), 6881);
        BString token = token(owner, "get", get);
        receive(query("put", BDict.builder().put("v", value).put("token", token).build()), owner);
        return get;
    }

    private BString token(InetSocketAddress from, String method, BDict arguments) {
        sent.clear();
        receive(query(method, arguments), from);
        Krpc.Reply reply = (Krpc.Reply) parse(sent.getFirst().bytes);
        return reply.values().string("token").orElseThrow();
    }

    /** Has the node ask there, and be answered. */
    private void answers(InetSocketAddress from) {
        sent.clear();
        node.greet(from);
        Krpc asked = parse(sent.getFirst().bytes);
        BString itsId = SecureId.make(from.getAddress(), new Random(from.hashCode())).text();
        BDict values = BDict.builder().put("id", itsId).build();
        receive(new Krpc.Reply(asked.transaction(), values, BString.EMPTY), from);
    }

    private static BList both() {
        return BList.of(BString.of("n4"), BString.of("n6"));
    }

    private static int nodes(Krpc.Reply reply, Family family) {
        BString nodes = reply.values().string(family.nodesKey()).orElseThrow();
        return family.nodes(nodes, Integer.MAX_VALUE).size();
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
