package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
        Krpc.Query query() {
            return (Krpc.Query) Krpc.parse(ByteBuffer.wrap(bytes)).orElseThrow();
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
        return sent.reversed().stream()
                .filter(datagram -> datagram.to.equals(to))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody asked " + to))
                .query();
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
