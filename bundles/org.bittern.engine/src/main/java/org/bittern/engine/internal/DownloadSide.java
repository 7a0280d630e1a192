package org.bittern.engine.internal;

import java.util.Arrays;
import java.util.Set;
import org.bittern.api.engine.Priority;
import org.bittern.engine.internal.choice.Arrival;
import org.bittern.engine.internal.choice.PeerView;
import org.bittern.engine.internal.choice.PiecePicker;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.engine.internal.choice.RequestQueue;
import org.bittern.engine.internal.choice.RequestTimer;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.PeerMessage;

/**
 * What we ask of a peer and what we get. Owned by the torrent's loop. {@link PiecePicker} chooses
 * the blocks, {@link RequestQueue} says how many are asked for at a time, {@link RequestTimer} when
 * to give up waiting.
 */
final class DownloadSide {
    /** Pieces that a peer may allow or suggest (BEP 6); more are not kept. */
    private static final int MOST_HINTS = 64;

    /** So many answers to cancels are waited for; a peer that gives none is forgotten some. */
    private static final int MOST_CANCELLED = 500;

    private final PeerSession peer;
    private final RateMeter rate;
    private final RequestQueue queue = new RequestQueue();
    private final RequestTimer timer = new RequestTimer();
    private final ShortQueue shortQueue;
    private final OpenRequests open = new OpenRequests();
    private final OpenRequests cancelled = new OpenRequests(); // refusals of these may come
    private boolean chokesUs = true;
    private boolean interested;
    private boolean parole;
    private int[] allowedFast = {};
    private int[] suggested = {};
    private long receivedBytes;
    private long sampledBytes;

    DownloadSide(PeerSession peer, RateMeter rate) {
        this.peer = peer;
        this.rate = rate;
        shortQueue = new ShortQueue(rate, now());
    }

    boolean chokesUs() {
        return chokesUs;
    }

    boolean interested() {
        return interested;
    }

    boolean snubbed() {
        return timer.snubbed();
    }

    boolean onParole() {
        return parole;
    }

    /** The peer took part in a failed piece, or proved itself since. */
    void parole(boolean now) {
        parole = now;
    }

    int outstanding() {
        return open.size();
    }

    RateMeter rate() {
        return rate;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    int[] allowedFast() {
        return allowedFast;
    }

    int[] suggested() {
        return suggested;
    }

    void peerLimit(int requests) {
        queue.peerLimit(requests);
    }

    private long now() {
        return peer.torrent().loop().nanoTime();
    }

    private Demands demands() {
        return peer.torrent().downloadsOf().demands();
    }

    // ---- interest

    /** The peer got a piece. */
    void gained(int piece) {
        Content content = peer.torrent().content();
        if (interested) {
            if (open.size() == 0 && !chokesUs) {
                refill();
            }
        } else if (content != null
                && peer.torrent().downloads()
                && !content.verified().get(piece)
                && content.picker().priority(piece) != Priority.SKIP) {
            interest(true);
        }
    }

    /** Looks anew whether the peer has anything for us. */
    void reconsider() {
        if (peer.torrent().storage().isBetweenStores()) {
            return; // we want what we wanted, only not this moment
        }
        Content content = peer.torrent().content();
        boolean wants =
                content != null
                        && peer.torrent().downloads()
                        && content.picker().interesting(peer.pieces());
        interest(wants);
        if (wants) {
            refill();
        }
    }

    private void interest(boolean now) {
        if (now == interested || !peer.isOpen()) {
            return;
        }
        interested = now;
        peer.link().send(now ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
        if (now) {
            refill();
        }
    }

    // ---- asking

    /** Asks for blocks when so few are outstanding that it is worth while. */
    void refill() {
        refill(1);
    }

    /** As {@link #refill()}, but at most one of so many parts of what may be outstanding. */
    void refill(int parts) {
        Content content = peer.torrent().content();
        if (content == null || !interested || !peer.isOpen() || !peer.torrent().downloads()) {
            return;
        }
        if ((chokesUs && allowedFast.length == 0) || demands().pausing()) {
            return;
        }
        int most = queue.size();
        if (demands().active()) {
            most = Math.min(most, shortQueue.size(queue.growing(), now()));
        }
        int room = most - open.size();
        // In batches of a quarter: choosing many at a time is hardly dearer than choosing one.
        if (room <= 0 || (open.size() > 0 && room < most / 4)) {
            return;
        }
        int count = Math.min(room, Math.ceilDiv(most, parts));
        int asked = content.picker().pick(peer, count, now(), this::request);
        if (asked > 0) {
            timer.requested(asked, now());
        }
    }

    /**
     * The urgent pieces have changed: takes back what is less urgent and before them, and what
     * nobody needs any more, but for blocks that are as good as sent.
     *
     * @param more some of what is urgent was not asked for: it goes before all the rest
     * @param left pieces that were asked for because of a reader that needs them no more
     */
    void makeRoom(boolean more, Set<Integer> left) {
        Content content = peer.torrent().content();
        if (content == null || chokesUs) {
            return;
        }
        int kept = shortQueue.kept(queue.growing(), now());
        boolean inTheWay = more;
        for (int i = open.size() - 1; i >= kept; i--) {
            int piece = open.piece(i);
            int block = open.block(i);
            if (demands().urgent(piece)) {
                inTheWay = true;
            } else if (inTheWay || left.contains(piece)) {
                content.picker().withdrawn(piece, block, peer);
                cancel(piece, block);
            }
        }
    }

    private void request(int piece, int block) {
        PieceMap map = peer.torrent().requireContent().map();
        open.add(piece, block);
        shortQueue.asked(piece, block, now());
        peer.link()
                .send(
                        new PeerMessage.Request(
                                piece, block * PieceMap.BLOCK, map.blockLength(piece, block)));
    }

    /** Takes back a request: another peer brought this block, or another one is more urgent. */
    void cancel(int piece, int block) {
        if (open.remove(piece, block)) {
            timer.dropped(1);
            shortQueue.dropped(piece, block);
            sendCancel(piece, block);
        }
    }

    private void sendCancel(int piece, int block) {
        PieceMap map = peer.torrent().requireContent().map();
        peer.link()
                .send(
                        new PeerMessage.Cancel(
                                piece, block * PieceMap.BLOCK, map.blockLength(piece, block)));
        if (peer.link().features().fast()) {
            if (cancelled.size() == MOST_CANCELLED) {
                cancelled.clear();
            }
            cancelled.add(piece, block);
        }
    }

    /** Takes back all requests, for a pause or a stop of the download; what comes is welcome. */
    void cancelAll() {
        Content content = peer.torrent().content();
        if (content != null && open.size() > 0) {
            for (int i = 0; i < open.size(); i++) {
                sendCancel(open.piece(i), open.block(i));
            }
            content.picker().choked(peer);
            open.clear();
            timer.choked();
        }
    }

    // ---- answers

    void choked() {
        chokesUs = true;
        Content content = peer.torrent().content();
        // With the fast extension each request is answered with a reject (BEP 6).
        if (content != null && open.size() > 0 && !peer.link().features().fast()) {
            content.picker().choked(peer);
            open.clear();
            timer.choked();
            peer.torrent().swarm().workFreed();
        }
    }

    void unchoked() {
        chokesUs = false;
        refill();
    }

    void rejected(PeerMessage.Reject reject) {
        Content content = peer.torrent().content();
        int block = reject.begin() / PieceMap.BLOCK;
        if (cancelled.remove(reject.piece(), block)) {
            return; // it may have been asked for again meanwhile, and that will be answered too
        }
        if (content != null && open.remove(reject.piece(), block)) {
            timer.dropped(1);
            content.picker().rejected(reject.piece(), block, peer, now());
            forbid(reject.piece());
            peer.torrent().swarm().workFreed();
        }
    }

    /** A peer that refuses a piece it allowed is not asked for it again while it chokes us. */
    private void forbid(int piece) {
        if (chokesUs) {
            allowedFast = Arrays.stream(allowedFast).filter(other -> other != piece).toArray();
        }
    }

    void allowed(int piece) {
        Content content = peer.torrent().content();
        if (content != null
                && piece < content.map().pieceCount()
                && allowedFast.length < MOST_HINTS) {
            allowedFast = Arrays.copyOf(allowedFast, allowedFast.length + 1);
            allowedFast[allowedFast.length - 1] = piece;
            refill();
        }
    }

    void suggested(int piece) {
        Content content = peer.torrent().content();
        if (content != null && piece < content.map().pieceCount()) {
            int[] longer = new int[Math.min(MOST_HINTS, suggested.length + 1)];
            System.arraycopy(suggested, 0, longer, 1, longer.length - 1);
            longer[0] = piece;
            suggested = longer;
        }
    }

    /** Bytes of a block came. */
    void progress() {
        boolean was = timer.snubbed();
        timer.progress(now());
        if (was) {
            queue.snubbed(false);
        }
    }

    /** A block came, asked for or not. Takes over the reference. */
    void block(int piece, int begin, PooledBuffer data) {
        TorrentCore torrent = peer.torrent();
        Content content = torrent.content();
        int length = data.bytes().remaining();
        receivedBytes += length;
        rate.add(length, now());
        if (content == null
                || torrent.openStore() == null
                || !fits(content, piece, begin, length)) {
            torrent.tally().wasted(length);
            data.release();
            return;
        }
        int block = begin / PieceMap.BLOCK;
        boolean expected = open.remove(piece, block);
        if (expected) {
            queue.blockReceived();
            shortQueue.came(piece, block, now());
            timer.received(now());
        } else {
            progress();
        }
        if (cancelled.remove(piece, block) && expected) {
            sendCancel(piece, block); // our cancel came too late: this is the first of two answers
        }
        switch (content.picker().received(piece, block, peer)) {
            case Arrival.Wanted wanted -> {
                for (PeerView other : wanted.cancel()) {
                    if (other instanceof PeerSession session) {
                        session.down().cancel(piece, block);
                    }
                }
                torrent.received(length);
                if (wanted.completesPiece()) {
                    demands().gathered(piece);
                }
                torrent.downloadsOf().store(piece, block, data, wanted.completesPiece());
            }
            case Arrival.Duplicate _, Arrival.Unwanted _ -> waste(torrent, data, length);
        }
        refill();
    }

    private static void waste(TorrentCore torrent, PooledBuffer data, int length) {
        torrent.tally().wasted(length);
        data.release();
    }

    private static boolean fits(Content content, int piece, int begin, int length) {
        PieceMap map = content.map();
        return piece < map.pieceCount()
                && begin % PieceMap.BLOCK == 0
                && begin < map.lengthOf(piece)
                && length == map.blockLength(piece, begin / PieceMap.BLOCK);
    }

    /** Once a second: measures, and gives up waiting where it must. */
    void pulse() {
        long nowNanos = now();
        if (open.size() > 0 || receivedBytes != sampledBytes) {
            queue.sampled(receivedBytes - sampledBytes);
            sampledBytes = receivedBytes;
        }
        Content content = peer.torrent().content();
        if (content != null && timer.expires(nowNanos)) {
            queue.snubbed(true);
            for (int i = 0; i < open.size(); i++) {
                content.picker().timedOut(open.piece(i), open.block(i), peer, nowNanos);
            }
            timer.dropped(open.size());
            open.clear();
            peer.torrent().swarm().workFreed();
        }
        if (interested && open.size() == 0) {
            reconsider();
        } else {
            refill();
        }
    }
}
