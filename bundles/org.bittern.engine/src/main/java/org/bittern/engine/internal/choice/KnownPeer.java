package org.bittern.engine.internal.choice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What is kept of one address of a torrent. Owned by the {@link PeerBook} that holds it. */
final class KnownPeer {
    /** First wait after a failure; it doubles with each further one. */
    static final long FIRST_DELAY_NANOS = 5_000_000_000L;

    /**
     * First wait after one that we have met took our connection and closed it again: it may not
     * have noticed yet that our last link is gone, and refuses a second one.
     */
    static final long FIRST_MET_DELAY_NANOS = 500_000_000L;

    /** Longest wait. */
    static final long LONGEST_DELAY_NANOS = 1_800_000_000_000L;

    /** The greatest is the first to make room. */
    static final Comparator<KnownPeer> LEAST_PROMISING =
            Comparator.comparingInt((KnownPeer peer) -> peer.failures)
                    .thenComparing(peer -> peer.source != PeerBook.Source.MANUAL)
                    .thenComparingInt(peer -> peer.turn)
                    .thenComparingLong(peer -> -peer.priority);

    static final int MAX_PORT = 65_535;

    final InetSocketAddress address;
    PeerBook.Source source;
    State state = State.IDLE;
    boolean banned;
    boolean self;
    boolean seed;
    @Nullable KnownPeer listening; // of a peer that dialled us: where it can be dialled itself
    boolean met; // there was a link, in this run or the one before
    boolean forced; // dial at once, also when seeding
    int failures;
    long readyNanos;
    int turn; // place among those that were named with it, the best being 0
    long priority; // BEP 40, or random while our own address is unknown

    /** Whether there is a link. */
    enum State {
        IDLE,
        DIALLING,
        CONNECTED
    }

    KnownPeer(InetSocketAddress address, PeerBook.Source source, long readyNanos) {
        this.address = address;
        this.source = source;
        met = source == PeerBook.Source.RESUME;
        this.readyNanos = readyNanos;
    }

    InetAddress host() {
        return address.getAddress();
    }

    boolean busy() {
        return state != State.IDLE;
    }

    boolean connected() {
        return state == State.CONNECTED;
    }

    boolean barred() {
        return banned || self;
    }

    /** Named by strangers only: private torrents leave it alone (BEP 27). */
    boolean hearsay() {
        return isHearsay(source);
    }

    private static boolean isHearsay(PeerBook.Source source) {
        return switch (source) {
            case DHT, PEX, LSD -> true;
            case TRACKER, MANUAL, RESUME, INCOMING -> false;
        };
    }

    /**
     * Somebody else names it; a source that knows better takes the place of the first.
     *
     * @return whether the torrent is private and did not know that it may be dialled
     */
    boolean namedBy(PeerBook.Source other, boolean privately, long nowNanos) {
        boolean better = hearsay() && !isHearsay(other);
        if (better || source == PeerBook.Source.INCOMING) { // it dials from where it listens
            source = other;
        }
        if (better && privately) {
            failures = 0;
            readyNanos = nowNanos;
        }
        return better && privately;
    }

    /**
     * Waits before the next try, longer each time.
     *
     * @param answered it was there, but would not talk with us
     * @param jitter 0.0 to 1.0, so that many peers are not dialled at the same moment
     */
    void delay(long nowNanos, boolean answered, double jitter) {
        long first = met && answered ? FIRST_MET_DELAY_NANOS : FIRST_DELAY_NANOS;
        int doublings = Math.min(Math.max(0, failures - 1), 20);
        long delay = Math.min(LONGEST_DELAY_NANOS, first << doublings);
        readyNanos = nowNanos + delay + (long) (delay * jitter / 4);
    }

    /** Whether this is to be dialled before {@code other}, both being due. */
    boolean goesBefore(KnownPeer other) {
        if (forced != other.forced) {
            return forced;
        }
        if (failures != other.failures) {
            return failures < other.failures;
        }
        if (turn != other.turn) {
            return turn < other.turn;
        }
        return priority > other.priority;
    }

    /**
     * Whether an address may be dialled at all.
     *
     * @param trusted its source may name loopback and link-local addresses
     */
    static boolean acceptable(InetSocketAddress address, boolean trusted) {
        InetAddress host = address.getAddress();
        return host != null
                && address.getPort() > 0
                && !host.isAnyLocalAddress()
                && !host.isMulticastAddress()
                && (trusted || !(host.isLoopbackAddress() || host.isLinkLocalAddress()));
    }
}
