package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BencodeException;
import org.bittern.fuzz.Parts;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * A DHT node (BEP 5, 32, 42 to 44, 51) among strangers who ask and answer anything. Noise answers
 * no question, so parts also come as the answer to what the node has asked last.
 */
public final class NodeTarget {
    private final VirtualTime time = new VirtualTime();
    private final DhtNode node;
    private @Nullable BString asked; // null before the first question
    private InetSocketAddress askedOf = from(1);

    private NodeTarget() {
        node =
                new DhtNode(
                        new DhtNode.Surroundings(
                                VirtualLoop.only(time),
                                new Random(1),
                                this::sent,
                                address -> false,
                                (names, done) -> done.accept(List.of())));
        node.start(Set.of(Family.values()), List.of(askedOf));
    }

    private static InetSocketAddress from(int number) {
        String host =
                number < 128
                        ? "203.0.113." + (1 + number)
                        : "2001:db8::" + Integer.toHexString(number);
        return new InetSocketAddress(InetAddress.ofLiteral(host), 6_881);
    }

    private void sent(byte[] datagram, InetSocketAddress to) {
        if (datagram.length > Krpc.MAX_BYTES) {
            throw new AssertionError("a datagram of %d bytes".formatted(datagram.length));
        }
        if (Krpc.parse(ByteBuffer.wrap(datagram)).orElse(null) instanceof Krpc.Query query) {
            asked = query.transaction();
            askedOf = to;
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        NodeTarget target = new NodeTarget();
        Parts parts = new Parts(input);
        while (parts.more()) {
            target.happen(parts);
        }
        target.time.run(Duration.ofMinutes(1));
        target.node.close();
    }

    private void happen(Parts parts) {
        int choice = parts.number();
        switch (choice % 4) {
            case 0, 1 -> node.received(ByteBuffer.wrap(parts.part()), from(parts.number()));
            case 2 -> answer(parts.part());
            default -> time.run(Duration.ofMillis(parts.number() * 20L));
        }
    }

    private void answer(byte[] part) {
        BString question = asked;
        if (question == null) {
            return;
        }
        try {
            if (BReader.parse(part, Krpc.LIMITS) instanceof BDict values) {
                byte[] reply = new Krpc.Reply(question, values, BString.of("")).encode();
                node.received(ByteBuffer.wrap(reply), askedOf);
            }
        } catch (BencodeException _) {
            node.received(ByteBuffer.wrap(part), askedOf);
        }
    }
}
