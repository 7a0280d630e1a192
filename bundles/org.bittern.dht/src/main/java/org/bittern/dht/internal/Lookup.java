package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

/**
 * Walks towards an id: asks the nearest nodes that are known for nearer ones, three at a time,
 * until the eight nearest that live have all answered (Kademlia; BEP 5). Bounded in nodes
 * remembered and asked, whatever strangers name. Owned by the node's loop.
 */
final class Lookup {
    static final int ALPHA = 3;

    /** Nodes asked before a walk that does not end is given up. */
    static final int MAX_ASKED = 120;

    /** Nodes remembered; the farthest are dropped. */
    static final int MAX_KNOWN = 200;

    /** Nodes of one answer that are looked at. */
    private static final int MAX_NAMED = 16;

    /** Peers of one answer that are looked at. */
    private static final int MAX_VALUES = 100;

    private final Asker asker;
    private final Family family;
    private final Goal goal;
    private final TreeMap<NodeId, Candidate> candidates;
    private final Set<InetSocketAddress> seen = new HashSet<>();
    private int waiting;
    private int asked;
    private boolean ended;

    /** What a walk needs of its node. */
    interface Asker {
        void ask(InetSocketAddress to, String method, BDict arguments, Exchanges.Answer answer);

        boolean isUsable(InetAddress teller, Contact contact);
    }

    /**
     * What is looked for.
     *
     * @param arguments of the query, with the id it walks towards
     * @param found hears of peers as they come
     * @param done hears at the end of the nearest nodes that answered, nearest first
     */
    record Goal(
            NodeId target,
            String method,
            BDict arguments,
            Consumer<List<InetSocketAddress>> found,
            Consumer<List<Found>> done) {}

    /** A node near the goal with the token that it gave; empty without one. */
    record Found(Contact contact, BString token) {}

    Lookup(Asker asker, Family family, Goal goal) {
        this.asker = asker;
        this.family = family;
        this.goal = goal;
        candidates = new TreeMap<>(goal.target().nearestFirst());
    }

    /** Begins at these nodes, or goes on with these as well when it is under way. */
    void start(List<Contact> known) {
        known.forEach(this::consider);
        step();
    }

    private void consider(Contact contact) {
        if (seen.size() < 2 * MAX_KNOWN
                && !candidates.containsKey(contact.id())
                && seen.add(contact.address())) {
            candidates.put(contact.id(), new Candidate(contact));
            if (candidates.size() > MAX_KNOWN) {
                candidates.pollLastEntry();
            }
        }
    }

    private void step() {
        if (ended) {
            return;
        }
        List<Candidate> next = next();
        for (Candidate candidate : next) {
            candidate.state = State.ASKED;
            waiting++;
            asked++;
        }
        // Asking may fail at once and come back here: the states were set before.
        next.forEach(this::ask);
        if (waiting == 0 && !ended) {
            ended = true;
            goal.done().accept(nearest());
        }
    }

    /** Who is asked now: the nearest not yet asked, as long as fewer than eight nearer answered. */
    private List<Candidate> next() {
        List<Candidate> next = new ArrayList<>();
        int nearer = 0;
        for (Candidate candidate : candidates.values()) {
            if (nearer == RoutingTable.K
                    || waiting + next.size() >= ALPHA
                    || asked + next.size() >= MAX_ASKED) {
                break;
            }
            switch (candidate.state) {
                case FRESH -> next.add(candidate);
                case ANSWERED -> nearer++;
                case ASKED, FAILED -> {}
            }
        }
        return next;
    }

    private void ask(Candidate candidate) {
        asker.ask(
                candidate.contact.address(),
                goal.method(),
                goal.arguments(),
                new Exchanges.Answer() {
                    @Override
                    public void answered(Contact from, BDict values) {
                        waiting--;
                        heard(candidate, from, values);
                        step();
                    }

                    @Override
                    public void failed() {
                        waiting--;
                        candidate.state = State.FAILED;
                        step();
                    }
                });
    }

    private void heard(Candidate candidate, Contact from, BDict values) {
        if (!from.id().equals(candidate.contact.id())) {
            candidate.state = State.FAILED; // another node than we were told
            return;
        }
        candidate.state = State.ANSWERED;
        candidate.token = values.string("token").orElse(BString.EMPTY);
        InetAddress teller = from.address().getAddress();
        named(asker, family, from, values).forEach(this::consider);
        List<InetSocketAddress> peers = new ArrayList<>();
        values.list("values")
                .ifPresent(list -> {
                    for (BValue value :
                            list.values().subList(0, Math.min(MAX_VALUES, list.size()))) {
                        if (value instanceof BString text) {
                            Family.peer(text)
                                    .filter(peer -> Scope.mayName(teller, peer))
                                    .ifPresent(peers::add);
                        }
                    }
                });
        if (!peers.isEmpty()) {
            goal.found().accept(peers);
        }
    }

    /** The nodes that somebody names in an answer, those that may be asked. */
    static List<Contact> named(Asker asker, Family family, Contact teller, BDict values) {
        return values.string(family.nodesKey()).stream()
                .flatMap(text -> family.nodes(text, MAX_NAMED).stream())
                .filter(contact -> asker.isUsable(teller.address().getAddress(), contact))
                .toList();
    }

    private List<Found> nearest() {
        return candidates.entrySet().stream()
                .map(Map.Entry::getValue)
                .filter(candidate -> candidate.state == State.ANSWERED)
                .limit(RoutingTable.K)
                .map(candidate -> new Found(candidate.contact, candidate.token))
                .toList();
    }

    private enum State {
        FRESH,
        ASKED,
        ANSWERED,
        FAILED
    }

    private static final class Candidate {
        private final Contact contact;
        private State state = State.FRESH;
        private BString token = BString.EMPTY;

        Candidate(Contact contact) {
            this.contact = contact;
        }
    }
}
