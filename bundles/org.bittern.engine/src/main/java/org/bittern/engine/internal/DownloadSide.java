package org.bittern.engine.internal;

import java.util.List;
import java.util.Set;
import org.bittern.api.engine.Priority;
import org.bittern.engine.internal.choice.Arrival;
import org.bittern.engine.internal.choice.PeerView;
import org.bittern.engine.internal.choice.PiecePicker;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.engine.KeptLinks;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.PeerMessage;

/**
 * What we want of a peer, ask of it and get. Owned by the torrent's loop. {@link PiecePicker}
 * chooses the blocks, {@link RequestPipeline} keeps what is outstanding, {@link PieceHints} what
 * the peer said of single pieces.
 */
final class DownloadSide {
    private final PeerSession peer;
    private final RateMeter rate;
    private final RequestPipeline requests;
    private final PieceHints hints = new PieceHints();
    private boolean chokesUs = true;
    private boolean interested;
    private boolean parole;
    private long receivedBytes;

    DownloadSide(PeerSession peer, RateMeter rate) {
        this.peer = peer;
        this.rate = rate;
        requests = new RequestPipeline(peer, rate);
    }

    boolean chokesUs() {
        return chokesUs;
    }

    boolean interested() {
        return interested;
    }

    boolean snubbed() {
        return requests.snubbed();
    }

    boolean stalled() {
        return requests.stalled();
    }

    boolean onParole() {
        return parole;
    }

    /** The peer took part in a failed piece, or proved itself since. */
    void parole(boolean now) {
        parole = now;
    }

    int outstanding() {
        return requests.open().size();
    }

    RateMeter rate() {
        return rate;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    PieceHints hints() {
        return hints;
    }

    /** Requests that the peer keeps, as far as it has said. */
    int peerLimit() {
        return requests.peerLimit();
    }

    void peerLimit(int blocks) {
        requests.peerLimit(blocks);
    }

    private long now() {
        return peer.torrent().loop().nanoTime();
    }

    private Demands demands() {
        return peer.torrent().downloadsOf().demands();
    }

    // ---- interest

    /** Goes on where another engine has stopped: what it has asked for will come. */
    void takeUp(KeptLinks.Link left) {
        receivedBytes = left.receivedBytes();
        interested = left.toldInterest();
        requests.takeUp(receivedBytes, left.withdrawn());
        PiecePicker picker = peer.torrent().requireContent().picker();
        for (PeerMessage.Request request : left.asked()) {
            int block = request.begin() / PieceMap.BLOCK;
            if (picker.expect(request.piece(), block, peer)) {
                requests.expect(request.piece(), block);
            } else {
                requests.withdraw(request.piece(), block);
            }
        }
    }

    /** What the peer was asked for, and has not come. */
    List<PeerMessage.Request> asked() {
        return requests.asked();
    }

    /** What was taken back, and may yet be refused (BEP 6). */
    List<PeerMessage.Request> withdrawn() {
        return requests.withdrawn();
    }

    /** The peer got a piece. */
    void gained(int piece) {
        Content content = peer.torrent().content();
        if (interested) {
            if (requests.isEmpty() && !chokesUs) {
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
        if ((chokesUs && hints.allowed().length == 0) || demands().pausing()) {
            return;
        }
        int count = requests.room(parts, demands().active());
        if (count > 0) {
            content.picker().pick(peer, count, now(), requests::ask);
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
        OpenRequests open = requests.open();
        int kept = requests.kept();
        boolean inTheWay = more;
        for (int i = open.size() - 1; i >= kept; i--) {
            int piece = open.piece(i);
            int block = open.block(i);
            if (demands().urgent(piece)) {
                inTheWay = true;
            } else if (inTheWay || left.contains(piece)) {
                content.picker().withdrawn(piece, block, peer);
                requests.cancel(piece, block);
            }
        }
    }

    /** Takes back a request: another peer brought this block, or another one is more urgent. */
    void cancel(int piece, int block) {
        requests.cancel(piece, block);
    }

    /** Takes back all requests, for a pause or a stop of the download; what comes is welcome. */
    void cancelAll() {
        Content content = peer.torrent().content();
        if (content != null && !requests.isEmpty()) {
            requests.cancelAll();
            content.picker().choked(peer);
        }
    }

    // ---- answers

    void choked() {
        chokesUs = true;
        Content content = peer.torrent().content();
        // With the fast extension each request is answered with a reject (BEP 6).
        if (content != null && !requests.isEmpty() && !peer.link().features().fast()) {
            content.picker().choked(peer);
            requests.drop();
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
        if (content != null && requests.refused(reject.piece(), block)) {
            content.picker().rejected(reject.piece(), block, peer, now());
            if (chokesUs) {
                hints.forbid(reject.piece()); // it is not asked for it again before the unchoke
            }
            peer.torrent().swarm().workFreed();
        }
    }

    void allowed(int piece) {
        Content content = peer.torrent().content();
        if (content != null && piece < content.map().pieceCount() && hints.allow(piece)) {
            refill();
        }
    }

    void suggested(int piece) {
        Content content = peer.torrent().content();
        if (content != null && piece < content.map().pieceCount()) {
            hints.suggest(piece);
        }
    }

    /** Bytes of a block came. */
    void progress() {
        requests.progress();
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
            waste(torrent, data, length);
            return;
        }
        int block = begin / PieceMap.BLOCK;
        requests.received(piece, block);
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
        Content content = peer.torrent().content();
        if (requests.pulse(receivedBytes) && content != null) {
            OpenRequests late = requests.open();
            for (int i = 0; i < late.size(); i++) {
                content.picker().timedOut(late.piece(i), late.block(i), peer, now());
            }
            requests.drop();
            peer.torrent().swarm().workFreed();
        }
        if (interested && requests.isEmpty()) {
            reconsider();
        } else {
            refill();
        }
    }
}
