package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bittern.bencode.BString;

/**
 * Our address in one family as most others see it (BEP 42, "ip"); one vote an address. Owned by the
 * node's loop.
 */
final class ExternalAddress {
    /** Voters that must agree before we believe them. */
    static final int QUORUM = 5;

    private static final int MAX_VOTERS = 32;

    private final Map<InetAddress, InetAddress> votes = new LinkedHashMap<>();

    /** Counts a vote; answers with the address when more than half of enough voters name it. */
    Optional<InetAddress> vote(InetAddress voter, BString seen) {
        Optional<InetAddress> address =
                Family.peer(seen)
                        .map(InetSocketAddress::getAddress)
                        .filter(named -> Family.of(named) == Family.of(voter))
                        .filter(named -> !SecureId.isExempt(named) && !SecureId.isExempt(voter));
        if (address.isEmpty()) {
            return address;
        }
        votes.remove(voter);
        if (votes.size() >= MAX_VOTERS) {
            votes.remove(votes.keySet().iterator().next());
        }
        votes.put(voter, address.get());
        long same = votes.values().stream().filter(address.get()::equals).count();
        return address.filter(named -> same >= QUORUM && 2 * same > votes.size());
    }
}
