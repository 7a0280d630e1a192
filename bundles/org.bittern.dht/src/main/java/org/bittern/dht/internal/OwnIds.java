package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BString;

/**
 * Our ids: the same one in both families (BEP 32), until enough nodes of one have said at which
 * address they see us; there, one that fits it (BEP 42). Owned by the node's loop.
 */
final class OwnIds {
    private final RandomGenerator random;
    private final Own v4;
    private final Own v6;

    /** Who we are to the nodes of one family. */
    private static final class Own {
        final ExternalAddress external = new ExternalAddress();
        NodeId id;

        Own(NodeId id) {
            this.id = id;
        }
    }

    OwnIds(RandomGenerator random) {
        this.random = random;
        NodeId any = NodeId.random(random);
        v4 = new Own(any);
        v6 = new Own(any);
    }

    NodeId of(Family family) {
        return own(family).id;
    }

    /** What a node at this address is told; a name is one that a proxy looks up, for IPv4 first. */
    NodeId toldTo(InetSocketAddress other) {
        return of(other.isUnresolved() ? Family.V4 : Family.of(other));
    }

    /** Counts what a node says of our address; whether we have another id in its family now. */
    boolean seen(InetAddress voter, BString address) {
        Own own = own(Family.of(voter));
        Optional<InetAddress> other =
                own.external.vote(voter, address).filter(ours -> !SecureId.fits(own.id, ours));
        other.ifPresent(ours -> own.id = SecureId.make(ours, random));
        return other.isPresent();
    }

    private Own own(Family family) {
        return switch (family) {
            case V4 -> v4;
            case V6 -> v6;
        };
    }
}
