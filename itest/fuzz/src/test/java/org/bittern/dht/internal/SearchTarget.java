package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.fuzz.Parts;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.AddressScope;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;

/**
 * A search in the DHT (BEP 5, 33): walks, announces and sizes of swarms, among nodes that answer
 * anything. They have the ids that their addresses ask for (BEP 42): who has not is not listened
 * to.
 */
public final class SearchTarget {
    private static final int NODES = 200;
    private static final int FILTER_BYTES = 256;

    private final VirtualTime time = new VirtualTime();
    private final VirtualLoop loop = VirtualLoop.only(time);
    private final List<Question> open = new ArrayList<>();
    private final DhtNode node;
    private final DhtSearch search;

    private record Question(BString transaction, InetSocketAddress to) {}

    private SearchTarget(boolean seeds) {
        node =
                new DhtNode(
                        new DhtNode.Surroundings(
                                loop,
                                new Random(1),
                                this::sent,
                                address -> false,
                                (names, done) -> done.accept(List.of())));
        node.start(Set.of(Family.values()), List.of(at(1), at(2), at(129)));
        SearchSpec.Tally tally =
                new SearchSpec.Tally(0, 0, Optional.of(seeds ? 0L : 1L), 0, 50, false, 6_881);
        SearchSpec spec =
                new SearchSpec(
                        InfoHash.ofV1(new byte[20]),
                        new byte[20],
                        0,
                        false,
                        List.of(),
                        6_881,
                        List.of(),
                        loop,
                        () -> tally);
        search = new DhtSearch(spec, new Heard(), node, ended -> {});
        search.begin();
    }

    private static InetSocketAddress at(int number) {
        String host =
                number < NODES / 2
                        ? "203.0.113." + (1 + number)
                        : "2001:db8::" + Integer.toHexString(number);
        return new InetSocketAddress(InetAddress.ofLiteral(host), 6_881);
    }

    private static NodeId id(InetSocketAddress of) {
        return SecureId.make(of.getAddress(), new Random(of.hashCode()));
    }

    private void sent(byte[] datagram, InetSocketAddress to) {
        if (datagram.length > Krpc.MAX_BYTES) {
            throw new AssertionError("a datagram of %d bytes".formatted(datagram.length));
        }
        if (Krpc.parse(ByteBuffer.wrap(datagram)).orElse(null) instanceof Krpc.Query query) {
            open.add(new Question(query.transaction(), to));
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        SearchTarget target = new SearchTarget((parts.number() & 1) == 0);
        while (parts.more()) {
            target.happen(parts);
        }
        target.time.run(Duration.ofMinutes(1));
        target.search.end();
        target.node.close();
    }

    private void happen(Parts parts) {
        switch (parts.number() % 8) {
            case 0 -> node.received(ByteBuffer.wrap(parts.part()), at(parts.number() % NODES));
            case 1 -> time.run(Duration.ofMillis(parts.number() * 40L));
            case 2 -> search.now();
            default -> answer(parts);
        }
    }

    private void answer(Parts parts) {
        time.run(Duration.ofMillis(1)); // the loop has something to do first
        int which = parts.number();
        int has = parts.number();
        if (open.isEmpty()) {
            return;
        }
        Question question = open.remove(which % open.size());
        BDict.Builder values = BDict.builder().put("id", id(question.to).text());
        if ((has & 1) != 0) {
            values.put("nodes", named(Family.V4, parts)).put("nodes6", named(Family.V6, parts));
        }
        if ((has & 2) != 0) {
            values.put("nodes", parts.part());
        }
        if ((has & 4) != 0) {
            values.put("values", peers(parts));
        }
        if ((has & 8) != 0) {
            values.put("token", parts.part());
        }
        if ((has & 16) != 0) {
            values.put("BFsd", filter(parts.part())).put("BFpe", filter(parts.part()));
        }
        if ((has & 32) != 0) {
            values.put("values", parts.part()).put("nodes6", parts.part());
        }
        byte[] reply = new Krpc.Reply(question.transaction, values.build(), BString.EMPTY).encode();
        node.received(ByteBuffer.wrap(reply), question.to);
    }

    /** Nodes that are there, nearly always. */
    private static BString named(Family family, Parts parts) {
        List<Contact> contacts = new ArrayList<>();
        for (int left = parts.number() % 20; left > 0; left--) {
            InetSocketAddress named = at(parts.number() % NODES);
            if (Family.of(named) == family) {
                contacts.add(new Contact(id(named), named));
            }
        }
        return family.nodes(contacts);
    }

    private static List<BValue> peers(Parts parts) {
        List<BValue> peers = new ArrayList<>();
        for (int left = parts.number(); left > 0 && parts.more(); left--) {
            peers.add(new BString(parts.part()));
        }
        return peers;
    }

    private static byte[] filter(byte[] part) {
        return Arrays.copyOf(part, part.length % 3 == 0 ? FILTER_BYTES : part.length);
    }

    /** Nobody names addresses further inside than he is, and sizes stay within reason. */
    private static final class Heard implements SearchListener {
        @Override
        public void found(List<InetSocketAddress> peers, boolean trusted) {
            for (InetSocketAddress peer : peers) {
                if (trusted || AddressScope.of(peer.getAddress()) != AddressScope.PUBLIC) {
                    throw new AssertionError("sent to " + peer);
                }
            }
        }

        @Override
        public void statusChanged() {
            // there is none
        }

        @Override
        public void externalAddress(InetAddress address) {
            throw new AssertionError("the DHT tells none");
        }

        @Override
        public void estimated(int seeds, int downloaders) {
            int most = Scrape.MAX_ESTIMATE;
            if (seeds < 0 || downloaders < 0 || seeds > most || downloaders > most) {
                throw new AssertionError("%d and %d".formatted(seeds, downloaders));
            }
        }
    }
}
