package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.spi.net.EventLoop;

/**
 * Our node in the DHT (BEP 5) and in that of IPv6 (BEP 32). Owned by its {@link #loop}; knows no
 * sockets.
 */
final class DhtNode implements Lookup.Asker {
    /** Names of first nodes that are remembered. */
    static final int MAX_NAMES = 64;

    static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long REFRESH_NANOS = TimeUnit.MINUTES.toNanos(15);
    private static final int PINGS_PER_TICK = 4;
    private static final BDict NOTHING = BDict.EMPTY;

    private final Surroundings around;
    private final Map<Family, RoutingTable> tables = new EnumMap<>(Family.class);
    private final Map<Family, Lookup> walkingHome = new EnumMap<>(Family.class);
    private final Set<String> names = new LinkedHashSet<>();
    private final Map<NodeId, Set<Consumer<List<InetSocketAddress>>>> awaited = new HashMap<>();
    private final OwnIds ids;
    private final Exchanges exchanges;
    private final Responder responder;
    private final RateGate gate;
    private long refreshedNanos;
    private int lookups; // of names, under way
    private boolean closed;

    /**
     * What a node needs of its surroundings.
     *
     * @param blocked addresses that are not talked to
     */
    record Surroundings(
            EventLoop loop,
            RandomGenerator random,
            Exchanges.Sender sender,
            Predicate<InetAddress> blocked,
            Resolver resolver) {}

    DhtNode(Surroundings around) {
        this.around = around;
        long now = around.loop().nanoTime();
        exchanges = new Exchanges(around.loop(), around.random(), around.sender());
        responder = new Responder(tables, around.random(), this::announced, now);
        gate = new RateGate(now);
        ids = new OwnIds(around.random());
        refreshedNanos = now;
    }

    /** Any thread. */
    EventLoop loop() {
        return around.loop();
    }

    /** Sockets for these families are there: begins its work, or goes on with them as well. */
    void start(Set<Family> families, List<InetSocketAddress> known) {
        loop().assertOwner();
        if (closed) {
            return;
        }
        boolean first = tables.isEmpty();
        families.forEach(family -> tables.put(family, new RoutingTable(ids.of(family))));
        known.forEach(this::greet);
        bootstrap();
        if (first) {
            loop().schedule(TICK_NANOS, this::tick);
        }
    }

    Set<Family> families() {
        return tables.keySet();
    }

    /** Nodes that answered us and are not bad. */
    List<Contact> contacts() {
        List<Contact> all = new ArrayList<>();
        tables.values().forEach(table -> all.addAll(table.contacts()));
        return all;
    }

    /** More hosts to begin at, {@code host:port}. */
    void bootstrap(List<String> more) {
        boolean changed = false;
        for (String name : more) {
            changed |= names.size() < MAX_NAMES && names.add(name);
        }
        if (changed) {
            bootstrap();
        }
    }

    private void bootstrap() {
        if (!closed && !tables.isEmpty() && !names.isEmpty()) {
            lookups++;
            around.resolver()
                    .resolve(List.copyOf(names), found -> loop().execute(() -> lookedUp(found)));
        }
    }

    private void lookedUp(List<InetSocketAddress> found) {
        lookups--;
        found.forEach(this::greet);
    }

    /**
     * There may be a node: asks it about our own surroundings. Those it names are good to begin
     * with, whether its own id fits its address (BEP 42) or not.
     *
     * @param address unresolved where only a proxy may look it up
     */
    void greet(InetSocketAddress address) {
        if (closed || tables.isEmpty() || !(address.isUnresolved() || isReachable(address))) {
            return;
        }
        ask(
                address,
                "find_node",
                BDict.builder().put("target", ids.toldTo(address).text()).build(),
                new Exchanges.Answer() {
                    @Override
                    public void answered(Contact from, BDict values) {
                        Family family = Family.of(from.address());
                        if (tables.containsKey(family)) {
                            walkHome(family, Lookup.named(DhtNode.this, family, from, values));
                        }
                    }

                    @Override
                    public void failed() {
                        // others may answer
                    }
                });
    }

    private boolean isReachable(InetSocketAddress address) {
        return tables.containsKey(Family.of(address))
                && !around.blocked().test(address.getAddress());
    }

    private void walkHome(Family family, List<Contact> named) {
        Lookup running = walkingHome.get(family);
        if (running != null) {
            running.start(named);
            return;
        }
        NodeId self = ids.of(family);
        Lookup walk = walk(family, self, () -> walkingHome.remove(family));
        walkingHome.put(family, walk);
        List<Contact> known = new ArrayList<>(closest(family, self));
        known.addAll(named);
        walk.start(known);
    }

    private Lookup walk(Family family, NodeId target, Runnable done) {
        return new Lookup(
                this,
                family,
                new Lookup.Goal(
                        target,
                        "find_node",
                        BDict.builder().put("target", target.text()).build(),
                        peers -> {},
                        nearest -> done.run()));
    }

    /** Begins a walk to the peers of a torrent; who announced himself to us is found at once. */
    void lookUp(Family family, Lookup.Goal goal) {
        loop().assertOwner();
        List<InetSocketAddress> ours = responder.peers(goal.target(), family, loop().nanoTime());
        if (!ours.isEmpty()) {
            goal.found().accept(ours);
        }
        new Lookup(this, family, goal).start(closest(family, goal.target()));
    }

    /**
     * Tells of each peer of a torrent that announces itself to us from now on: of two that announce
     * themselves to each other at the same moment, no walk finds the other.
     */
    void await(NodeId infoHash, Consumer<List<InetSocketAddress>> found) {
        awaited.computeIfAbsent(infoHash, hash -> new LinkedHashSet<>()).add(found);
    }

    /** Ends {@link #await}. */
    void awaitNoMore(NodeId infoHash, Consumer<List<InetSocketAddress>> found) {
        awaited.computeIfPresent(
                infoHash, (hash, all) -> all.remove(found) && all.isEmpty() ? null : all);
    }

    private void announced(NodeId infoHash, InetSocketAddress peer) {
        awaited.getOrDefault(infoHash, Set.of()).forEach(found -> found.accept(List.of(peer)));
    }

    private List<Contact> closest(Family family, NodeId target) {
        RoutingTable table = tables.get(family);
        return table == null ? List.of() : table.closest(target, RoutingTable.K);
    }

    @Override
    public void ask(InetSocketAddress to, String method, BDict arguments, Exchanges.Answer answer) {
        boolean blocked = !to.isUnresolved() && around.blocked().test(to.getAddress());
        if (closed || blocked || exchanges.open() >= Exchanges.MAX_OPEN) {
            answer.failed();
            return;
        }
        BDict complete = arguments.toBuilder().put("id", ids.toldTo(to).text()).build();
        exchanges.ask(
                to,
                method,
                complete,
                new Exchanges.Answer() {
                    @Override
                    public void answered(Contact from, BDict values) {
                        table(from.address())
                                .ifPresent(table -> table.answered(from, loop().nanoTime()));
                        answer.answered(from, values);
                    }

                    @Override
                    public void failed() {
                        table(to).ifPresent(table -> table.failed(to));
                        answer.failed();
                    }
                });
    }

    @Override
    public boolean isUsable(InetAddress teller, Contact contact) {
        InetAddress address = contact.address().getAddress();
        return !contact.id().equals(ids.toldTo(contact.address()))
                && Scope.mayName(teller, contact.address())
                && SecureId.fits(contact.id(), address)
                && !around.blocked().test(address);
    }

    /** A datagram that may be one of ours has come. */
    void received(ByteBuffer datagram, InetSocketAddress from) {
        loop().assertOwner();
        if (!closed && from.getPort() != 0 && !around.blocked().test(from.getAddress())) {
            Krpc.parse(datagram).ifPresent(message -> received(message, from));
        }
    }

    /** A message in order. */
    void received(Krpc message, InetSocketAddress from) {
        switch (message) {
            case Krpc.Query query -> asked(query, from);
            case Krpc.Reply reply -> {
                if (exchanges.replied(reply, from)) {
                    seen(from.getAddress(), reply.seen());
                }
            }
            case Krpc.Failure failure -> exchanges.refused(failure, from);
        }
    }

    private void asked(Krpc.Query query, InetSocketAddress from) {
        if (around.sender().readOnly()) {
            return; // we have said that we answer nothing (BEP 43)
        }
        long now = loop().nanoTime();
        Optional<NodeId> id = query.arguments().string("id").flatMap(NodeId::read);
        if (id.isEmpty() || !gate.admits(from, now)) {
            return;
        }
        boolean known = table(from).map(table -> table.knows(from)).orElse(false);
        byte[] answer = responder.answer(ids.toldTo(from), query, from, known, now).encode();
        if (gate.admitsAnswer(answer.length, known, now)) {
            around.sender().send(answer, from);
        }
        Contact contact = new Contact(id.get(), from);
        boolean wanted = table(from).map(table -> table.wants(contact)).orElse(false);
        if (!query.readOnly() && wanted && exchanges.open() < Exchanges.MAX_OPEN / 2) {
            ping(from);
        }
    }

    private void ping(InetSocketAddress address) {
        ask(
                address,
                "ping",
                NOTHING,
                new Exchanges.Answer() {
                    @Override
                    public void answered(Contact from, BDict values) {
                        // the table knows already
                    }

                    @Override
                    public void failed() {
                        // the table knows already
                    }
                });
    }

    private Optional<RoutingTable> table(InetSocketAddress address) {
        return address.isUnresolved()
                ? Optional.empty()
                : Optional.ofNullable(tables.get(Family.of(address)));
    }

    /** A node has said at which address it sees us: the known ones may have to be sorted anew. */
    private void seen(InetAddress voter, BString address) {
        Family family = Family.of(voter);
        boolean renamed = ids.seen(voter, address);
        RoutingTable old = tables.get(family);
        if (!renamed || old == null) {
            return;
        }
        RoutingTable table = new RoutingTable(ids.of(family));
        long now = loop().nanoTime();
        old.contacts().forEach(contact -> table.answered(contact, now));
        tables.put(family, table);
        walkHome(family, List.of());
    }

    private void tick() {
        if (closed) {
            return;
        }
        long now = loop().nanoTime();
        responder.expire(now);
        boolean refresh = now - refreshedNanos >= REFRESH_NANOS;
        if (refresh) {
            refreshedNanos = now;
        }
        boolean lonely = false;
        for (Map.Entry<Family, RoutingTable> entry : tables.entrySet()) {
            List<Contact> stale = entry.getValue().stale(now, PINGS_PER_TICK);
            stale.forEach(contact -> ping(contact.address()));
            lonely |= entry.getValue().size() == 0;
            if (refresh) {
                walkHome(entry.getKey(), List.of());
                NodeId anywhere = NodeId.random(around.random());
                walk(entry.getKey(), anywhere, () -> {}).start(closest(entry.getKey(), anywhere));
            }
        }
        if (lonely && lookups == 0) { // without DNS one takes minutes, and a thread
            bootstrap();
        }
        loop().schedule(TICK_NANOS, this::tick);
    }

    /** Announces a torrent at a node that gave a token. */
    void announce(
            Lookup.Found at, NodeId infoHash, int port, boolean seed, Exchanges.Answer answer) {
        BString token = at.token();
        ask(
                at.contact().address(),
                "announce_peer",
                BDict.builder()
                        .put("info_hash", infoHash.text())
                        .put("port", port)
                        .put("seed", seed ? 1 : 0)
                        .put("token", token)
                        .build(),
                answer);
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        loop().assertOwner();
        closed = true;
        exchanges.close();
    }
}
