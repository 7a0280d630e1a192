package org.bittern.spi.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerMessage;

/**
 * Links on their way from an engine to the one that goes on with its session. Owned by who has
 * engines made; it outlives each of them. Thread-safe.
 *
 * <p>A link that nobody takes is closed after {@value #KEPT_SECONDS} seconds. Meanwhile it is not
 * read: what the peer says waits in its socket.
 */
public final class KeptLinks {
    /** As long as peers' blocks wait for a disk store. */
    public static final int KEPT_SECONDS = 10;

    private final Map<String, List<Kept>> waiting = new HashMap<>(); // by torrent; guarded by this

    /**
     * A link to a peer. No request of the peer is under way on it, and the peer is choked.
     *
     * @param state of the link, without classes of the engine
     * @param address where the peer was dialled, or dialled from
     * @param source how we heard of it
     * @param byV2 whether the handshake began with the v2 hash (BEP 52)
     * @param receivedBytes of blocks, so far
     * @param sentBytes likewise
     * @param told our pieces that the peer knows of
     * @param asked blocks that the peer was asked for, and that may have come in part
     * @param withdrawn blocks whose requests were taken back: refusals of them may come (BEP 6)
     * @param toldInterest whether it believes that we want something of it
     * @param toldUploadOnly whether it knows us as one that wants nothing (BEP 21)
     * @param said what the peer has said of itself and is still true
     */
    public record Link(
            LinkState state,
            InetSocketAddress address,
            String source,
            boolean byV2,
            long receivedBytes,
            long sentBytes,
            Bitfield told,
            List<PeerMessage.Request> asked,
            List<PeerMessage.Request> withdrawn,
            boolean toldInterest,
            boolean toldUploadOnly,
            List<PeerMessage> said) {

        /** Closes it; on its connection's loop. */
        public void drop() {
            state.sending().blocks().forEach(block -> block.source().release());
            state.connection().close();
        }
    }

    /**
     * Leaves a link. On its connection's loop.
     *
     * @param torrent its id
     */
    public void keep(String torrent, Link link) {
        Kept kept = new Kept(torrent, link);
        synchronized (this) { // engines on any loops come and go; it is held for a map operation
            waiting.computeIfAbsent(torrent, _ -> new ArrayList<>()).add(kept);
        }
        kept.watch();
    }

    /** The links of a torrent; from now on they are the caller's. Any thread. */
    public synchronized List<Kept> take(String torrent) {
        List<Kept> taken = waiting.remove(torrent);
        return taken == null ? List.of() : taken;
    }

    private synchronized boolean remove(Kept kept) {
        List<Kept> others = waiting.get(kept.torrent);
        if (others == null || !others.remove(kept)) {
            return false;
        }
        if (others.isEmpty()) {
            waiting.remove(kept.torrent);
        }
        return true;
    }

    /** A link that waits. */
    public final class Kept implements Connection.Handler {
        private final String torrent;
        private final Link link;
        private EventLoop.Timer timer = () -> {}; // owned by the connection's loop, as what follows
        private boolean broken;

        private Kept(String torrent, Link link) {
            this.torrent = torrent;
            this.link = link;
        }

        /** What waits. Any thread; its connection may be touched on its own loop only. */
        public Link link() {
            return link;
        }

        private void watch() {
            Connection connection = link.state().connection();
            connection.start(this);
            connection.readInterest(false);
            timer = connection.loop().schedule(TimeUnit.SECONDS.toNanos(KEPT_SECONDS), this::end);
        }

        private void end() {
            if (remove(this)) {
                link.drop();
            }
        }

        /**
         * Brings a link that was taken to another loop of the same group.
         *
         * @param arrived runs on that loop: whether the link is there; if it is not it is closed
         */
        public void bring(EventLoop target, Consumer<Boolean> arrived) {
            EventLoop here = link.state().connection().loop();
            try {
                here.execute(() -> {
                    timer.cancel();
                    if (broken) {
                        target.execute(() -> arrived.accept(false));
                    } else {
                        link.state().connection().moveTo(target, () -> arrived.accept(true));
                    }
                });
            } catch (RejectedExecutionException _) {
                // the loop has stopped, its connections with it
                target.execute(() -> arrived.accept(false));
            }
        }

        /** Closes a link that was taken, soon. Any thread. */
        public void drop() {
            try {
                link.state()
                        .connection()
                        .loop()
                        .execute(() -> {
                            timer.cancel();
                            link.drop();
                        });
            } catch (RejectedExecutionException _) {
                // the loop has stopped, its connections with it
            }
        }

        @Override
        public void readable() {
            // reading is not wanted
        }

        @Override
        public void writable() {
            // neither is writing
        }

        @Override
        public void broken(IOException reason) {
            broken = true;
            timer.cancel();
            end();
        }
    }
}
