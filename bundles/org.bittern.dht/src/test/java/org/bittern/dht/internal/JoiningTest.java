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
import java.util.function.Consumer;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a node on public addresses gets to know others. */
@Timeout(60)
class JoiningTest {
    private static final InetSocketAddress FIRST = at("5.6.7.8");
    private static final InetSocketAddress SECOND = at("5.7.7.8");

    private final List<Sent> sent = new ArrayList<>();
    private final Random random = new Random(7);
    private final DhtNode node =
            new DhtNode(
                    new DhtNode.Surroundings(
                            VirtualLoop.only(new VirtualTime(0)),
                            new Random(5),
                            (bytes, to) -> sent.add(new Sent(bytes, to)),
                            blocked -> false,
                            (names, done) -> done.accept(List.of())));

    private record Sent(byte[] bytes, InetSocketAddress to) {
        Krpc message() {
            return Krpc.parse(ByteBuffer.wrap(bytes)).orElseThrow();
        }
    }

    JoiningTest() {
        node.start(Set.of(Family.V4, Family.V6), List.of());
    }

    @Test
    void beginsAtTheNodesThatAFirstOneWithoutAFittingIdNames() {
        Contact named = fitting("9.9.9.9");
        node.greet(FIRST);
        answer(FIRST, unfitting(FIRST), named, new Contact(unfitting(SECOND), at("9.8.9.9")));
        assertThat(node.contacts()).isEmpty();
        assertThat(asked(named.address()).method()).isEqualTo("find_node");
        assertThat(sent).noneMatch(datagram -> datagram.to.equals(at("9.8.9.9")));
        answer(named.address(), named.id());
        assertThat(node.contacts()).containsExactly(named);
    }

    @Test
    void asksTheNodesOfASecondOneWhileThoseOfTheFirstAreSilent() {
        node.greet(FIRST);
        node.greet(SECOND);
        answer(FIRST, unfitting(FIRST), fitting("9.9.9.9"));
        Contact named = fitting("9.10.9.9");
        answer(SECOND, unfitting(SECOND), named);
        answer(named.address(), named.id());
        assertThat(node.contacts()).containsExactly(named);
    }

    @Test
    void looksNamesUpAgainOnlyWhenTheLastLookUpIsOver() {
        VirtualTime time = new VirtualTime(0);
        VirtualLoop loop = VirtualLoop.only(time);
        List<Consumer<List<InetSocketAddress>>> lookups = new ArrayList<>();
        DhtNode lonely =
                new DhtNode(
                        new DhtNode.Surroundings(
                                loop,
                                new Random(5),
                                (bytes, to) -> {},
                                blocked -> false,
                                (names, done) -> lookups.add(done)));
        loop.turn(() -> lonely.start(Set.of(Family.V4), List.of()));
        loop.turn(() -> lonely.bootstrap(List.of("first.example:6881")));
        time.run(Duration.ofMinutes(2));
        assertThat(lookups).hasSize(1);
        loop.turn(() -> lonely.bootstrap(List.of("second.example:6881")));
        assertThat(lookups).as("another name is not kept waiting").hasSize(2);
        lookups.forEach(done -> done.accept(List.of()));
        time.run(Duration.ofMinutes(2));
        assertThat(lookups).hasSize(3);
    }

    @Test
    void itsIdFitsTheAddressThatItHasInEachFamily() {
        InetAddress ours4 = InetAddress.ofLiteral("198.41.0.4");
        InetAddress ours6 = InetAddress.ofLiteral("2001:503:ba3e::2:30");
        seen("2001:4860:%x::1", ours6);
        assertThat(SecureId.fits(idToldTo("2001:4860:99::1"), ours6)).isTrue();
        assertThat(SecureId.fits(idToldTo("5.99.1.1"), ours4)).isFalse();
        NodeId before = idToldTo("2001:4860:99::2");
        seen("5.%d.1.1", ours4);
        assertThat(SecureId.fits(idToldTo("5.99.1.2"), ours4)).isTrue();
        assertThat(idToldTo("2001:4860:99::3")).isEqualTo(before);
        sent.clear();
        InetSocketAddress asker = at("2001:4860:99::4");
        BDict itsId = BDict.builder().put("id", fitting("2001:4860:99::4").id().text()).build();
        Krpc ping = new Krpc.Query(BString.of("aa"), "ping", itsId, true);
        node.received(ByteBuffer.wrap(ping.encode()), asker);
        Krpc.Reply reply = (Krpc.Reply) sent.getFirst().message();
        assertThat(reply.values().string("id")).hasValue(before.text());
    }

    @Test
    void whoSeesItInOneFamilySaysNothingOfTheOther() {
        NodeId before = idToldTo("5.99.1.1");
        seen("2001:4860:%x::1", InetAddress.ofLiteral("198.41.0.4"));
        assertThat(idToldTo("5.99.1.2")).isEqualTo(before);
        assertThat(idToldTo("2001:4860:99::1")).isEqualTo(before);
    }

    /** Enough nodes answer and say at which address they see ours. */
    private void seen(String addresses, InetAddress ours) {
        for (int i = 1; i <= ExternalAddress.QUORUM; i++) {
            Contact voter = fitting(addresses.formatted(i));
            node.greet(voter.address());
            BDict values = BDict.builder().put("id", voter.id().text()).build();
            BString seen = Family.of(ours).peer(new InetSocketAddress(ours, 6881));
            Krpc reply = new Krpc.Reply(asked(voter.address()).transaction(), values, seen);
            node.received(ByteBuffer.wrap(reply.encode()), voter.address());
        }
    }

    private NodeId idToldTo(String address) {
        node.greet(at(address));
        return asked(at(address)).arguments().string("id").flatMap(NodeId::read).orElseThrow();
    }

    /** Answers the last question that went to an address. */
    private void answer(InetSocketAddress from, NodeId id, Contact... named) {
        BDict values =
                BDict.builder()
                        .put("id", id.text())
                        .put(Family.of(from).nodesKey(), Family.of(from).nodes(List.of(named)))
                        .build();
        Krpc reply = new Krpc.Reply(asked(from).transaction(), values, BString.EMPTY);
        node.received(ByteBuffer.wrap(reply.encode()), from);
    }

    /** The last question that went to an address. */
    private Krpc.Query asked(InetSocketAddress to) {
        return (Krpc.Query)
                sent.reversed().stream()
                        .filter(datagram -> datagram.to.equals(to))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("nobody asked " + to))
                        .message();
    }

    private Contact fitting(String address) {
        InetSocketAddress at = at(address);
        return new Contact(SecureId.make(at.getAddress(), random), at);
    }

    private NodeId unfitting(InetSocketAddress at) {
        NodeId id = NodeId.random(random);
        while (SecureId.fits(id, at.getAddress())) {
            id = NodeId.random(random);
        }
        return id;
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 6881);
    }
}
