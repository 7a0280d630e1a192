package org.bittern.peer.internal.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.bittern.peer.internal.mse.Rc4;
import org.bittern.peer.internal.mse.TorrentNames;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerProtocol;
import org.jspecify.annotations.Nullable;

/** All links and handshakes of the process, by loop. Thread-safe. */
public final class LoopShares {
    /** Incoming connections in handshake; more are closed at once. Each costs less than 8 KiB. */
    static final int MAX_HALF_OPEN = 1024;

    /** Of these one host may have so many, so that nobody keeps all others out. */
    static final int MAX_HALF_OPEN_PER_HOST = 256;

    /** What one customer has of IPv6 at least, in bytes: all of it is one host. */
    private static final int V6_HOST_BYTES = 8;

    private final Executor workers;
    private final RandomGenerator random;
    private final Map<EventLoop, LoopShare> shares = new ConcurrentHashMap<>();
    private final Map<ByteBuffer, Integer> halfOpenByHost = new HashMap<>(); // guarded by itself
    private int halfOpen; // likewise
    private final TorrentNames names = new TorrentNames();
    private volatile boolean stopped;

    /**
     * @param workers for key exchanges, which take milliseconds
     * @param random for keys and pads; used by several threads
     */
    public LoopShares(Executor workers, RandomGenerator random) {
        this.workers = workers;
        this.random = random;
    }

    Executor workers() {
        return workers;
    }

    RandomGenerator random() {
        return random;
    }

    /** What incoming handshakes call torrents. */
    TorrentNames names() {
        return names;
    }

    /** The share of a loop, to be joined at once. On that loop. */
    LoopShare of(EventLoop loop) {
        loop.assertOwner();
        return shares.computeIfAbsent(loop, key -> new LoopShare(key, () -> shares.remove(key)));
    }

    /** True when no new link may begin. */
    boolean stopped() {
        return stopped;
    }

    /** Counts an incoming handshake, unless there are too many. */
    boolean enterHalfOpen(InetSocketAddress from) {
        ByteBuffer host = host(from);
        synchronized (halfOpenByHost) { // several loops, for a moment
            if (halfOpen >= MAX_HALF_OPEN
                    || halfOpenByHost.getOrDefault(host, 0) >= MAX_HALF_OPEN_PER_HOST) {
                return false;
            }
            halfOpen++;
            halfOpenByHost.merge(host, 1, Integer::sum);
            return true;
        }
    }

    void leaveHalfOpen(InetSocketAddress from) {
        synchronized (halfOpenByHost) {
            halfOpen--;
            halfOpenByHost.computeIfPresent(
                    host(from), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private static ByteBuffer host(InetSocketAddress from) {
        byte[] address = from.getAddress().getAddress();
        return ByteBuffer.wrap(address, 0, Math.min(V6_HOST_BYTES, address.length));
    }

    /**
     * Opens a link on a connection that we dialled. On the connection's loop.
     *
     * @param encrypted begin with MSE
     */
    public void dial(Connection connection, LinkSpec spec, boolean encrypted, LinkEvents events) {
        new DialGreeting(this, connection, spec, events).begin(encrypted);
    }

    /**
     * Goes on with a link that another version has left. On the connection's loop.
     *
     * @return empty after {@link #stop}
     */
    public Optional<PeerLink> resume(LinkState state, LinkEvents events) {
        if (stopped) {
            return Optional.empty();
        }
        LoopShare share = of(state.connection().loop());
        Established established =
                new Established(
                        state.peerId(),
                        state.features(),
                        state.incoming(),
                        rc4(state.receiving().cipher()),
                        rc4(state.sending().cipher()));
        Link link = new Link(state.connection(), share, state.spec(), events, established);
        link.join();
        link.resume(state);
        return Optional.of(link);
    }

    private static @Nullable Rc4 rc4(Optional<LinkState.Cipher> left) {
        return left.map(Rc4::resume).orElse(null);
    }

    /** Waits for a handshake on a connection that a peer dialled. On the connection's loop. */
    public void accept(Connection connection, PeerProtocol.LinkRouter router) {
        if (stopped || !enterHalfOpen(connection.remote())) {
            connection.close();
        } else {
            new AcceptGreeting(this, connection, router).begin();
        }
    }

    /**
     * Closes everything, soon; no new link begins. Idempotent.
     *
     * @return the loops that have something to close
     */
    public List<EventLoop> stop() {
        stopped = true;
        List<EventLoop> loops = List.copyOf(shares.keySet());
        shares.forEach((loop, share) -> loop.execute(() -> share.close("peer protocol stopped")));
        return loops;
    }
}
