package org.bittern.engine.internal.choice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * The known addresses of one torrent, and whom to dial next. Owned by the torrent loop; not
 * thread-safe.
 *
 * <p>An address that fails is tried again after a delay that doubles each time, and hearing of it
 * again does not shorten the delay: a dead or hostile address costs ever less. Peers are told apart
 * by address and port. Addresses of this machine are believed only to sources on this machine,
 * since a remote one could make us talk to local services.
 */
public final class PeerBook {
    /** Addresses that are kept; then the least promising makes room. */
    public static final int MAX_PEERS = 3000;

    private final RandomGenerator random;
    private final PeerRanks ranks;
    private final Map<InetSocketAddress, KnownPeer> peers = new LinkedHashMap<>(4);
    private final Bans bans = new Bans(peers);
    private final BusyHosts hosts = new BusyHosts();
    private boolean seeding;
    private boolean allowSameIp;
    private boolean privately;
    private boolean mayHaveReady = true; // false: nobody is ready before idleUntilNanos
    private long idleUntilNanos;

    /** How we heard of a peer. */
    public enum Source {
        TRACKER,
        DHT,
        PEX,
        LSD,
        /** A person named it. */
        MANUAL,
        /** An earlier run knew it. */
        RESUME,
        /** It dialled us. */
        INCOMING
    }

    /** Somebody to dial. */
    public record Candidate(InetSocketAddress address, Source source) {}

    /** Whether an incoming link is welcome. */
    public enum Admission {
        WELCOME,
        BANNED,
        /** There is a link to this address already, and one is allowed. */
        SAME_IP
    }

    public PeerBook(RandomGenerator random) {
        this.random = random;
        ranks = new PeerRanks(random);
    }

    /** Whether we want nothing any more: then known seeds are not dialled. */
    public void seeding(boolean nowSeeding) {
        seeding = nowSeeding;
        mayHaveReady = true;
    }

    /** Whether several links to one IP address are allowed; to loopback they always are. */
    public void allowSameIp(boolean allow) {
        allowSameIp = allow;
        mayHaveReady = true;
    }

    /** Whether nobody is dialled whom only strangers named (BEP 27). */
    public void privately(boolean now) {
        privately = now;
    }

    /** Our own address as others see it, for the canonical priority (BEP 40). */
    public void ownAddress(InetSocketAddress address) {
        if (ranks.ownAddress(address)) {
            peers.values().forEach(ranks::rank);
        }
    }

    /** The canonical priority of any peer (BEP 40); empty while our own address is unknown. */
    public OptionalLong rank(InetSocketAddress address) {
        return ranks.canonical(address);
    }

    /**
     * Somebody named peers, a tracker for example. The best of each answer is dialled before the
     * second best of any other: who names many dead ones does not keep the others' waiting.
     *
     * @param named at most {@link PeerRanks#MOST_NAMED} of them are taken, at random
     * @param trusted the source is on this machine, or is the user: it may name loopback and
     *     link-local addresses
     * @return whether any is new, acceptable and has room
     */
    public boolean add(
            List<InetSocketAddress> named, Source source, boolean trusted, long nowNanos) {
        List<KnownPeer> added = new ArrayList<>();
        for (InetSocketAddress address : ranks.some(named)) {
            add(address, source, trusted, nowNanos).ifPresent(added::add);
        }
        PeerRanks.takeTurns(added);
        return !added.isEmpty();
    }

    private Optional<KnownPeer> add(
            InetSocketAddress address, Source source, boolean trusted, long nowNanos) {
        KnownPeer known = peers.get(address);
        if (known != null) {
            mayHaveReady = true;
            return Optional.of(known).filter(peer -> peer.namedBy(source, privately, nowNanos));
        }
        if (!KnownPeer.acceptable(address, trusted) || !makeRoom()) {
            return Optional.empty();
        }
        return Optional.of(put(address, source, nowNanos));
    }

    /**
     * A peer is to be dialled at once, also again, also when seeding, unless it is connected or
     * banned: a person named it, or it waits for us at this moment.
     */
    public void force(InetSocketAddress address, Source source, boolean trusted, long nowNanos) {
        KnownPeer known = peers.get(address);
        if (!KnownPeer.acceptable(address, trusted) || (known == null && !makeRoom())) {
            return;
        }
        KnownPeer peer = known == null ? put(address, source, nowNanos) : known;
        peer.source = source;
        peer.forced = true;
        peer.failures = 0;
        peer.readyNanos = nowNanos;
        mayHaveReady = true;
    }

    private KnownPeer put(InetSocketAddress address, Source source, long nowNanos) {
        KnownPeer peer = new KnownPeer(address, source, nowNanos);
        ranks.rank(peer);
        peers.put(address, peer);
        mayHaveReady = true;
        return peer;
    }

    private boolean makeRoom() {
        if (peers.size() < MAX_PEERS) {
            return true;
        }
        Optional<KnownPeer> worst =
                peers.values().stream()
                        .filter(peer -> !peer.busy() && !peer.barred() && !peer.forced)
                        .max(KnownPeer.LEAST_PROMISING);
        worst.ifPresent(peer -> peers.remove(peer.address));
        return worst.isPresent();
    }

    /**
     * Whom to dial now. The peer counts as being dialled until {@link #connected}, {@link
     * #dialFailed} or {@link #disconnected} is told.
     */
    public Optional<Candidate> next(long nowNanos) {
        if (!mayHaveReady && nowNanos - idleUntilNanos < 0) {
            return Optional.empty();
        }
        KnownPeer best = null;
        long soonest = KnownPeer.LONGEST_DELAY_NANOS;
        for (KnownPeer peer : peers.values()) {
            if (!dialable(peer)) {
                continue;
            }
            long wait = peer.readyNanos - nowNanos;
            if (wait > 0) {
                soonest = Math.min(soonest, wait);
            } else if (best == null || peer.goesBefore(best)) {
                best = peer;
            }
        }
        if (best == null) {
            mayHaveReady = false;
            idleUntilNanos = nowNanos + soonest;
            return Optional.empty();
        }
        best.forced = false;
        hosts.occupy(best, KnownPeer.State.DIALLING);
        return Optional.of(new Candidate(best.address, best.source));
    }

    /** How long nobody is to be dialled, just after {@link #next} gave nobody. */
    public long idleNanos(long nowNanos) {
        return Math.max(0, idleUntilNanos - nowNanos);
    }

    private boolean dialable(KnownPeer peer) {
        return !peer.busy()
                && !peer.barred()
                && (peer.forced || peer.source != Source.INCOMING)
                && !(privately && peer.hearsay())
                && (peer.forced || !seeding || !peer.seed)
                && !hostTaken(peer.host());
    }

    private boolean hostTaken(InetAddress host) {
        return !allowSameIp && !host.isLoopbackAddress() && hosts.contains(host);
    }

    /** A dial under way does not count: two that dial each other at once must not both refuse. */
    private boolean hostConnected(InetAddress host) {
        return peers.values().stream()
                .anyMatch(peer ->
                        peer.state == KnownPeer.State.CONNECTED && peer.host().equals(host));
    }

    /** Whether a peer that dials us is welcome; if so it counts as connected. */
    public Admission incoming(InetSocketAddress address, long nowNanos) {
        if (isBanned(address)) {
            return Admission.BANNED;
        }
        if (hostTaken(address.getAddress()) && hostConnected(address.getAddress())) {
            return Admission.SAME_IP;
        }
        KnownPeer peer = peers.get(address);
        if (peer == null) {
            peer = put(address, Source.INCOMING, nowNanos);
        }
        hosts.occupy(peer, KnownPeer.State.CONNECTED);
        return Admission.WELCOME;
    }

    /**
     * A peer that dialled us says where it listens (BEP 10, {@code p}): it may be dialled there,
     * but not while this link lasts.
     */
    public void listensOn(InetSocketAddress remote, int port, long nowNanos) {
        KnownPeer peer = peers.get(remote);
        if (peer == null
                || !peer.busy()
                || port <= 0
                || port > KnownPeer.MAX_PORT
                || port == remote.getPort()) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(remote.getAddress(), port);
        add(address, Source.PEX, remote.getAddress().isLoopbackAddress(), nowNanos);
        KnownPeer listening = peers.get(address);
        if (listening != null && !listening.busy() && peer.listening == null) {
            peer.listening = listening;
            hosts.occupy(listening, KnownPeer.State.CONNECTED);
        }
    }

    /** A peer that we dialled has answered the handshake. */
    public void connected(InetSocketAddress address) {
        KnownPeer peer = peers.get(address);
        if (peer != null) {
            hosts.occupy(peer, KnownPeer.State.CONNECTED);
        }
    }

    /**
     * A peer could not be reached, or did not answer the handshake as it should.
     *
     * @param answered it took the connection
     * @return nanoseconds until it may be dialled again
     */
    public long dialFailed(InetSocketAddress address, boolean answered, long nowNanos) {
        ended(address, false, answered, nowNanos);
        KnownPeer peer = peers.get(address);
        return peer == null ? KnownPeer.LONGEST_DELAY_NANOS : peer.readyNanos - nowNanos;
    }

    /**
     * A link has ended.
     *
     * @param useful payload went over it: the next try comes as soon as after a first failure
     */
    public void disconnected(InetSocketAddress address, boolean useful, long nowNanos) {
        ended(address, useful, false, nowNanos);
    }

    private void ended(InetSocketAddress address, boolean useful, boolean answered, long nowNanos) {
        KnownPeer peer = peers.get(address);
        if (peer == null) {
            return;
        }
        mayHaveReady = true;
        rest(peer, useful, answered, nowNanos);
        if (peer.listening != null) {
            rest(peer.listening, useful, answered, nowNanos);
            peer.listening = null;
        }
        if (peer.source == Source.INCOMING && !peer.barred()) {
            peers.remove(address); // nobody listens on the port it dialled from
        }
    }

    private void rest(KnownPeer peer, boolean useful, boolean answered, long nowNanos) {
        hosts.free(peer);
        peer.failures = useful ? 0 : peer.failures + 1;
        peer.delay(nowNanos, answered, random.nextDouble());
    }

    /** All links were cut by us, for example because the transport is exchanged: dial again now. */
    public void forgive(long nowNanos) {
        for (KnownPeer peer : peers.values()) {
            if (peer.failures <= 1) {
                peer.failures = 0;
                peer.readyNanos = nowNanos;
            }
        }
        mayHaveReady = true;
    }

    /** Whether the peer has everything, as far as known. */
    public void seed(InetSocketAddress address, boolean isSeed) {
        KnownPeer peer = peers.get(address);
        if (peer != null) {
            peer.seed = isSeed;
            if (peer.listening != null) {
                peer.listening.seed = isSeed;
            }
            mayHaveReady = true;
        }
    }

    /** Never again, as long as the torrent is there. */
    public void ban(InetSocketAddress address, long nowNanos) {
        KnownPeer peer = peers.get(address);
        if (peer == null) {
            peer = put(address, Source.INCOMING, nowNanos);
        }
        bans.add(peer);
        if (peer.listening != null) {
            bans.add(peer.listening);
        }
    }

    /**
     * Whether the peer is banned: this address and port; and any port of the address if one link
     * per address is all that is allowed, since an incoming link comes from a new port each time.
     */
    public boolean isBanned(InetSocketAddress address) {
        return bans.contains(address, !allowSameIp);
    }

    /** The address is our own: we have met ourselves. */
    public void self(InetSocketAddress address) {
        Optional.ofNullable(peers.get(address)).ifPresent(peer -> peer.self = true);
    }

    /** How many addresses are known. */
    public int size() {
        return peers.size();
    }

    /**
     * The most promising addresses, for resume data: connected ones first, then by fewest failures.
     */
    public List<InetSocketAddress> best(int most) {
        return PeerRanks.best(peers.values(), most, privately);
    }
}
