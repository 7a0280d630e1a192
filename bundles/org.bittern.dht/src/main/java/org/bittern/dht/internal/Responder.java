package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.jspecify.annotations.Nullable;

/** Answers the questions of other nodes. Owned by the node's loop. */
final class Responder {
    /** Peers in an answer. */
    static final int MAX_VALUES = 16;

    /** The same in an answer with filters, which must fit into one packet (BEP 33). */
    static final int MAX_VALUES_BESIDE_FILTERS = 8;

    /** Torrents in an answer (BEP 51). */
    static final int MAX_SAMPLES = 20;

    /** Seconds until asking for samples again makes sense (BEP 51). */
    private static final int SAMPLE_INTERVAL_SECONDS = 3600;

    private static final int VALUES_KEY_BYTES = "6:valuesle".length();
    private static final int NODES_KEY_BYTES = "6:nodes6304:".length();
    private static final int SAMPLES_KEY_BYTES = "7:samples400:".length();
    private static final int MAX_PORT = 65_535;

    private final Map<Family, RoutingTable> tables;
    private final Tokens tokens;
    private final PeerStore peers;
    private final BiConsumer<NodeId, InetSocketAddress> newcomers;
    private final ItemStore items = new ItemStore();

    /**
     * Reads the tables of its node as they are when a question comes.
     *
     * @param newcomers told of each peer that announces itself to us for the first time
     */
    Responder(
            Map<Family, RoutingTable> tables,
            RandomGenerator random,
            BiConsumer<NodeId, InetSocketAddress> newcomers,
            long nowNanos) {
        this.tables = tables;
        this.newcomers = newcomers;
        tokens = new Tokens(random, nowNanos);
        peers = new PeerStore(random);
    }

    /**
     * What is to be said to a question.
     *
     * @param known whether a node at this address has answered us
     */
    Krpc answer(
            NodeId self, Krpc.Query query, InetSocketAddress from, boolean known, long nowNanos) {
        BDict arguments = query.arguments();
        BString seen = Family.of(from).peer(from);
        boolean proved = known || hasToken(arguments, from.getAddress(), nowNanos);
        Draft draft = proved ? Draft.unbounded() : Draft.after(query, seen);
        draft.put("id", self.text());
        Optional<ItemStore.Refusal> refusal =
                switch (query.method()) {
                    case "ping" -> Optional.empty();
                    case "find_node" -> findNode(arguments, from, draft);
                    case "get_peers" -> getPeers(arguments, from, draft, nowNanos);
                    case "announce_peer" -> announce(arguments, from, nowNanos);
                    case "get" -> get(arguments, from, draft, nowNanos);
                    case "put" -> put(arguments, from, nowNanos);
                    case "sample_infohashes" -> sample(arguments, from, draft);
                    default ->
                            Optional.of(
                                    new ItemStore.Refusal(Krpc.UNKNOWN_METHOD, "method unknown"));
                };
        return refusal.<Krpc>map(
                        why -> new Krpc.Failure(query.transaction(), why.code(), why.message()))
                .orElseGet(() -> new Krpc.Reply(query.transaction(), draft.values(), seen));
    }

    /** Some who announced themselves to us. */
    List<InetSocketAddress> peers(NodeId infoHash, Family family, long nowNanos) {
        return peers.some(infoHash, family, MAX_VALUES, nowNanos);
    }

    void expire(long nowNanos) {
        peers.expire(nowNanos);
        items.expire(nowNanos);
    }

    private Optional<ItemStore.Refusal> findNode(
            BDict arguments, InetSocketAddress from, Draft draft) {
        NodeId target = id(arguments, "target");
        if (target == null) {
            return malformed("target of 20 bytes expected");
        }
        addNodes(target, wanted(arguments, from), from, draft);
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> getPeers(
            BDict arguments, InetSocketAddress from, Draft draft, long nowNanos) {
        NodeId infoHash = id(arguments, "info_hash");
        if (infoHash == null) {
            return malformed("info_hash of 20 bytes expected");
        }
        draft.put("token", tokens.token(from.getAddress(), nowNanos));
        boolean filters =
                arguments.integer("scrape").orElse(0) == 1
                        && peers.filters(infoHash, nowNanos)
                                .map(both -> draft.offer(fields(both)))
                                .orElse(false);
        Family family = Family.of(from);
        int most = filters ? MAX_VALUES_BESIDE_FILTERS : MAX_VALUES;
        int room = draft.room(2, most, family.peerBytes(), VALUES_KEY_BYTES);
        boolean noSeeds = arguments.integer("noseed").orElse(0) == 1;
        List<BString> found =
                peers.some(infoHash, family, room, nowNanos, noSeeds).stream()
                        .map(family::peer)
                        .toList();
        if (!found.isEmpty()) {
            draft.put("values", new BList(List.copyOf(found)));
        }
        Set<Family> families = filters ? EnumSet.of(family) : wanted(arguments, from);
        addNodes(infoHash, families, from, draft);
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> announce(
            BDict arguments, InetSocketAddress from, long nowNanos) {
        NodeId infoHash = id(arguments, "info_hash");
        boolean implied = arguments.integer("implied_port").orElse(0) != 0;
        long port = implied ? from.getPort() : arguments.integer("port").orElse(0);
        if (infoHash == null || port < 1 || port > MAX_PORT) {
            return malformed("info_hash of 20 bytes and port expected");
        }
        if (!hasToken(arguments, from.getAddress(), nowNanos)) {
            return malformed("bad token");
        }
        boolean seed = arguments.integer("seed").orElse(0) == 1;
        InetSocketAddress peer = new InetSocketAddress(from.getAddress(), (int) port);
        if (peers.add(infoHash, peer, seed, nowNanos)) {
            newcomers.accept(infoHash, peer);
        }
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> get(
            BDict arguments, InetSocketAddress from, Draft draft, long nowNanos) {
        NodeId target = id(arguments, "target");
        if (target == null) {
            return malformed("target of 20 bytes expected");
        }
        Long sequence = arguments.has("seq") ? (Long) arguments.integer("seq").orElse(0) : null;
        draft.put("token", tokens.token(from.getAddress(), nowNanos));
        items.get(target, sequence, nowNanos).ifPresent(draft::offer);
        addNodes(target, wanted(arguments, from), from, draft);
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> put(
            BDict arguments, InetSocketAddress from, long nowNanos) {
        return hasToken(arguments, from.getAddress(), nowNanos)
                ? items.put(arguments, nowNanos)
                : malformed("bad token");
    }

    private Optional<ItemStore.Refusal> sample(
            BDict arguments, InetSocketAddress from, Draft draft) {
        draft.put("interval", BInteger.of(SAMPLE_INTERVAL_SECONDS))
                .put("num", BInteger.of(peers.torrents()));
        int most = draft.room(2, MAX_SAMPLES, NodeId.BYTES, SAMPLES_KEY_BYTES);
        List<NodeId> some = peers.sample(most);
        ByteBuffer samples = ByteBuffer.allocate(some.size() * NodeId.BYTES);
        some.forEach(torrent -> samples.put(torrent.bytes()));
        draft.put("samples", new BString(samples.array()));
        return findNode(arguments, from, draft);
    }

    private boolean hasToken(BDict arguments, InetAddress address, long nowNanos) {
        return arguments
                .string("token")
                .filter(token -> tokens.accepts(token, address, nowNanos))
                .isPresent();
    }

    private void addNodes(
            NodeId target, Set<Family> families, InetSocketAddress from, Draft draft) {
        int sharers = families.size();
        for (Family family : families) {
            int most = draft.room(sharers--, RoutingTable.K, family.nodeBytes(), NODES_KEY_BYTES);
            RoutingTable table = tables.get(family);
            if (table != null) {
                InetAddress asker = from.getAddress();
                List<Contact> near =
                        table.closest(target, 2 * RoutingTable.K).stream()
                                .filter(contact ->
                                        asker.isLoopbackAddress()
                                                || !contact.address()
                                                        .getAddress()
                                                        .isLoopbackAddress())
                                .limit(most)
                                .toList();
                draft.offer(BDict.builder().put(family.nodesKey(), family.nodes(near)).build());
            }
        }
    }

    private static BDict fields(PeerStore.Filters filters) {
        return BDict.builder()
                .put("BFpe", filters.peers().text())
                .put("BFsd", filters.seeds().text())
                .build();
    }

    /** The families that the asker wants; his own when he does not say (BEP 32). */
    private static Set<Family> wanted(BDict arguments, InetSocketAddress from) {
        Set<Family> wanted = EnumSet.noneOf(Family.class);
        for (BValue want : arguments.list("want").orElse(BList.EMPTY)) {
            for (Family family : Family.values()) {
                if (want instanceof BString text && text.is(family.want())) {
                    wanted.add(family);
                }
            }
        }
        return wanted.isEmpty() ? EnumSet.of(Family.of(from)) : wanted;
    }

    private static @Nullable NodeId id(BDict arguments, String key) {
        return arguments.string(key).flatMap(NodeId::read).orElse(null);
    }

    private static Optional<ItemStore.Refusal> malformed(String why) {
        return Optional.of(new ItemStore.Refusal(Krpc.PROTOCOL_ERROR, why));
    }
}
