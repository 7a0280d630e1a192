package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one family that we know, in buckets by how many leading bits they share with our id
 * (BEP 5). Only nodes that answered us get in; a full bucket keeps those that live, and newer ones
 * wait in a replacement cache until one of them fails. Owned by the node's loop.
 */
final class RoutingTable {
    /** Nodes in a bucket, and waiting for it. */
    static final int K = 8;

    /** A node that did not answer so often in a row is bad. */
    static final int MAX_FAILURES = 2;

    /** A bad node whose place nobody else wants is asked now and then, up to so many failures. */
    private static final int MAX_FAILURES_KEPT = 5;

    private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(15);
    private static final int V4_SUBNET_BYTES = 3;
    private static final int V6_SUBNET_BYTES = 8;

    private final NodeId self;
    private final List<Bucket> buckets = new ArrayList<>();

    RoutingTable(NodeId self) {
        this.self = self;
        for (int i = 0; i < NodeId.BITS; i++) {
            buckets.add(new Bucket());
        }
    }

    /** A node has answered. */
    void answered(Contact contact, long nowNanos) {
        if (contact.id().equals(self)
                || !SecureId.fits(contact.id(), contact.address().getAddress())) {
            return;
        }
        removeOthersAt(contact);
        Bucket bucket = bucket(contact.id());
        Entry known = find(bucket.live, contact.id());
        if (known != null) {
            if (known.contact.equals(contact)) {
                known.failures = 0;
                known.answeredNanos = nowNanos;
                return;
            }
            if (known.failures < MAX_FAILURES) {
                return; // the id is taken; who took it first still answers
            }
            bucket.live.remove(known);
        }
        if (crowds(bucket.live, contact) || crowds(bucket.waiting, contact)) {
            return;
        }
        Entry entry = new Entry(contact, nowNanos);
        if (bucket.live.size() < K || bucket.live.removeIf(Entry::isBad)) {
            bucket.live.add(entry);
        } else {
            if (bucket.waiting.size() == K) {
                bucket.waiting.removeFirst();
            }
            bucket.waiting.add(entry);
        }
    }

    /** A node has not answered. */
    void failed(InetSocketAddress address) {
        for (Bucket bucket : buckets) {
            bucket.waiting.removeIf(entry -> entry.contact.address().equals(address));
            for (Entry entry : bucket.live) {
                if (entry.contact.address().equals(address)) {
                    entry.failures++;
                }
            }
            bucket.live.removeIf(entry -> entry.failures >= MAX_FAILURES_KEPT);
            while (!bucket.waiting.isEmpty()
                    && (bucket.live.size() < K || bucket.live.removeIf(Entry::isBad))) {
                bucket.live.add(bucket.waiting.removeLast());
            }
        }
    }

    /** Whether a node that asked us something is worth a ping. */
    boolean wants(Contact contact) {
        Bucket bucket = bucket(contact.id());
        return !contact.id().equals(self)
                && SecureId.fits(contact.id(), contact.address().getAddress())
                && find(bucket.live, contact.id()) == null
                && find(bucket.waiting, contact.id()) == null
                && (bucket.live.size() < K || bucket.live.stream().anyMatch(Entry::isBad))
                && !crowds(bucket.live, contact);
    }

    /** Whether a node at this address has answered us, and is not bad. */
    boolean knows(InetSocketAddress address) {
        return entries().stream()
                .anyMatch(entry -> !entry.isBad() && entry.contact.address().equals(address));
    }

    /** The nodes next to an id that are not bad, nearest first. */
    List<Contact> closest(NodeId target, int most) {
        return entries().stream()
                .filter(entry -> !entry.isBad())
                .map(Entry::contact)
                .sorted(Comparator.comparing(Contact::id, target.nearestFirst()))
                .limit(most)
                .toList();
    }

    /** Nodes to be asked whether they live, those first that were silent longest. */
    List<Contact> stale(long nowNanos, int most) {
        return entries().stream()
                .filter(entry ->
                        entry.failures > 0 || nowNanos - entry.answeredNanos >= FRESH_NANOS)
                .sorted(Comparator.comparingLong(entry -> entry.answeredNanos - nowNanos))
                .limit(most)
                .map(Entry::contact)
                .toList();
    }

    /** All nodes that are not bad. */
    List<Contact> contacts() {
        return closest(self, Integer.MAX_VALUE);
    }

    /** Nodes that are not bad. */
    int size() {
        return (int) entries().stream().filter(entry -> !entry.isBad()).count();
    }

    private List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        buckets.forEach(bucket -> all.addAll(bucket.live));
        return all;
    }

    private Bucket bucket(NodeId id) {
        return buckets.get(Math.min(self.sharedBits(id), NodeId.BITS - 1));
    }

    private static @Nullable Entry find(List<Entry> entries, NodeId id) {
        for (Entry entry : entries) {
            if (entry.contact.id().equals(id)) {
                return entry;
            }
        }
        return null;
    }

    /** Who changes his id leaves his old place. */
    private void removeOthersAt(Contact contact) {
        for (Bucket bucket : buckets) {
            bucket.live.removeIf(entry -> entry.isFormerOf(contact));
            bucket.waiting.removeIf(entry -> entry.isFormerOf(contact));
        }
    }

    /** One node of a network in each bucket: nobody fills a table from one place. */
    private static boolean crowds(List<Entry> entries, Contact contact) {
        InetAddress address = contact.address().getAddress();
        return !SecureId.isExempt(address)
                && entries.stream()
                        .anyMatch(entry ->
                                isSameSubnet(entry.contact.address().getAddress(), address));
    }

    private static boolean isSameSubnet(InetAddress one, InetAddress other) {
        int bytes = Family.of(one) == Family.V4 ? V4_SUBNET_BYTES : V6_SUBNET_BYTES;
        return Arrays.equals(one.getAddress(), 0, bytes, other.getAddress(), 0, bytes);
    }

    private static final class Bucket {
        private final List<Entry> live = new ArrayList<>(0);
        private final List<Entry> waiting = new ArrayList<>(0);
    }

    private static final class Entry {
        private final Contact contact;
        private long answeredNanos;
        private int failures;

        Entry(Contact contact, long answeredNanos) {
            this.contact = contact;
            this.answeredNanos = answeredNanos;
        }

        Contact contact() {
            return contact;
        }

        boolean isBad() {
            return failures >= MAX_FAILURES;
        }

        boolean isFormerOf(Contact now) {
            return contact.address().equals(now.address()) && !contact.id().equals(now.id());
        }
    }
}
