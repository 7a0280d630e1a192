package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.AddressScope;

/** In which order the peers of a {@link PeerBook} are worth dialling. Owned by the torrent loop. */
final class PeerRanks {
    /**
     * Peers that one voice may name at a time. Trackers are asked for 200; more than twice that is
     * no help but a flood.
     */
    static final int MOST_NAMED = 400;

    private final RandomGenerator random;
    private final Map<Class<?>, InetSocketAddress> own = new HashMap<>(2); // IPv4, IPv6

    PeerRanks(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Our own address as others see it, one for each family. Whoever is in our own network sees
     * another one than peers do, by which none of them would rank us.
     *
     * @return whether it is another than before, so that all must be ranked anew
     */
    boolean ownAddress(InetSocketAddress address) {
        return AddressScope.of(address.getAddress()) == AddressScope.PUBLIC
                && !address.equals(own.put(address.getAddress().getClass(), address));
    }

    /** The canonical priority (BEP 40); empty while our own address of that family is unknown. */
    OptionalLong canonical(InetSocketAddress peer) {
        InetSocketAddress ours = own.get(peer.getAddress().getClass());
        return ours == null ? OptionalLong.empty() : OptionalLong.of(PeerPriority.of(ours, peer));
    }

    /** Sets the priority of a peer: the canonical one if our own address is known. */
    void rank(KnownPeer peer) {
        peer.priority = canonical(peer.address).orElseGet(() -> random.nextLong(1L << 32));
    }

    /** As many as may be named, at random so that none is sure of its place in a flood. */
    List<InetSocketAddress> some(List<InetSocketAddress> named) {
        if (named.size() <= MOST_NAMED) {
            return named;
        }
        List<InetSocketAddress> shuffled = new ArrayList<>(named);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, MOST_NAMED);
    }

    /** Numbers peers that were named together, the one of the highest priority first. */
    static void takeTurns(List<KnownPeer> named) {
        named.sort(Comparator.comparingLong((KnownPeer peer) -> -peer.priority));
        for (int turn = 0; turn < named.size(); turn++) {
            named.get(turn).turn = turn;
        }
    }

    /**
     * Those that are worth remembering: connected ones first, then by fewest failures.
     *
     * @param privately without those whom only strangers named
     */
    static List<InetSocketAddress> best(Collection<KnownPeer> peers, int most, boolean privately) {
        List<KnownPeer> ranked = new ArrayList<>(peers);
        ranked.removeIf(peer ->
                peer.barred()
                        || peer.source == PeerBook.Source.INCOMING
                        || (privately && peer.hearsay()));
        ranked.sort(
                Comparator.comparing((KnownPeer peer) -> !peer.connected())
                        .thenComparingInt(peer -> peer.failures));
        return ranked.stream().limit(most).map(peer -> peer.address).toList();
    }
}
