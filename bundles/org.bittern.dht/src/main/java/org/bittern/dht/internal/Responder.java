package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.jspecify.annotations.Nullable;

/** Answers the questions of other nodes. Owned by the node's loop. */
final class Responder {
    /** Peers in an answer: it shall not be much longer than the question. */
    static final int MAX_VALUES = 16;

    /** The same in an answer with filters, which must fit into one packet (BEP 33). */
    static final int MAX_VALUES_BESIDE_FILTERS = 8;

    /** Torrents in an answer (BEP 51). */
    static final int MAX_SAMPLES = 20;

    /** Seconds until asking for samples again makes sense (BEP 51). */
    private static final int SAMPLE_INTERVAL_SECONDS = 3600;

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

    Krpc answer(NodeId self, Krpc.Query query, InetSocketAddress from, long nowNanos) {
        BDict.Builder values = BDict.builder().put("id", self.text());
        BDict arguments = query.arguments();
        Optional<ItemStore.Refusal> refusal =
                switch (query.method()) {
                    case "ping" -> Optional.empty();
                    case "find_node" -> findNode(arguments, from, values);
                    case "get_peers" -> getPeers(arguments, from, values, nowNanos);
                    case "announce_peer" -> announce(arguments, from, nowNanos);
                    case "get" -> get(arguments, from, values, nowNanos);
                    case "put" -> put(arguments, from, nowNanos);
                    case "sample_infohashes" -> sample(arguments, from, values);
                    default ->
                            Optional.of(
                                    new ItemStore.Refusal(Krpc.UNKNOWN_METHOD, "method unknown"));
                };
        return refusal.<Krpc>map(
                        why -> new Krpc.Failure(query.transaction(), why.code(), why.message()))
                .orElseGet(() ->
                        new Krpc.Reply(
                                query.transaction(), values.build(), Family.of(from).peer(from)));
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
            BDict arguments, InetSocketAddress from, BDict.Builder values) {
        NodeId target = id(arguments, "target");
        if (target == null) {
            return malformed("target of 20 bytes expected");
        }
        addNodes(target, wanted(arguments, from), from, values);
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> getPeers(
            BDict arguments, InetSocketAddress from, BDict.Builder values, long nowNanos) {
        NodeId infoHash = id(arguments, "info_hash");
        if (infoHash == null) {
            return malformed("info_hash of 20 bytes expected");
        }
        Family family = Family.of(from);
        boolean noSeeds = arguments.integer("noseed").orElse(0) == 1;
        Optional<PeerStore.Filters> filters =
                arguments.integer("scrape").orElse(0) == 1
                        ? peers.filters(infoHash, nowNanos)
                        : Optional.empty();
        int most = filters.isPresent() ? MAX_VALUES_BESIDE_FILTERS : MAX_VALUES;
        List<BString> found =
                peers.some(infoHash, family, most, nowNanos, noSeeds).stream()
                        .map(family::peer)
                        .toList();
        if (!found.isEmpty()) {
            values.put("values", found);
        }
        values.put("token", tokens.token(from.getAddress(), nowNanos));
        if (filters.isPresent()) {
            values.put("BFpe", filters.get().peers().text());
            values.put("BFsd", filters.get().seeds().text());
            addNodes(infoHash, EnumSet.of(family), from, values);
        } else {
            addNodes(infoHash, wanted(arguments, from), from, values);
        }
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
            BDict arguments, InetSocketAddress from, BDict.Builder values, long nowNanos) {
        NodeId target = id(arguments, "target");
        if (target == null) {
            return malformed("target of 20 bytes expected");
        }
        Long sequence = arguments.has("seq") ? (Long) arguments.integer("seq").orElse(0) : null;
        items.get(target, sequence, nowNanos)
                .ifPresent(item -> item.forEach((key, value) -> values.put(key, value)));
        values.put("token", tokens.token(from.getAddress(), nowNanos));
        addNodes(target, wanted(arguments, from), from, values);
        return Optional.empty();
    }

    private Optional<ItemStore.Refusal> put(
            BDict arguments, InetSocketAddress from, long nowNanos) {
        return hasToken(arguments, from.getAddress(), nowNanos)
                ? items.put(arguments, nowNanos)
                : malformed("bad token");
    }

    private Optional<ItemStore.Refusal> sample(
            BDict arguments, InetSocketAddress from, BDict.Builder values) {
        Optional<ItemStore.Refusal> refusal = findNode(arguments, from, values);
        byte[] samples = new byte[Math.min(MAX_SAMPLES, peers.torrents()) * NodeId.BYTES];
        int at = 0;
        for (NodeId torrent : peers.sample(MAX_SAMPLES)) {
            System.arraycopy(torrent.bytes(), 0, samples, at, NodeId.BYTES);
            at += NodeId.BYTES;
        }
        values.put("interval", SAMPLE_INTERVAL_SECONDS)
                .put("num", peers.torrents())
                .put("samples", samples);
        return refusal;
    }

    private boolean hasToken(BDict arguments, InetAddress address, long nowNanos) {
        return arguments
                .string("token")
                .filter(token -> tokens.accepts(token, address, nowNanos))
                .isPresent();
    }

    private void addNodes(
            NodeId target, Set<Family> families, InetSocketAddress from, BDict.Builder values) {
        for (Family family : families) {
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
                                .limit(RoutingTable.K)
                                .toList();
                values.put(family.nodesKey(), family.nodes(near));
            }
        }
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
