package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.engine.internal.choice.RequestQueue;
import org.bittern.engine.internal.choice.RequestTimer;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.peer.PeerMessage;

/**
 * The requests that a peer has not answered yet: a link is busy only while several are under way
 * (BEP 3). Owned by the torrent's loop. {@link RequestQueue} says how many there may be, {@link
 * ShortQueue} the same while somebody waits for pieces, {@link RequestTimer} when to give up
 * waiting.
 */
final class RequestPipeline {
    /** So many answers to cancels are waited for; a peer that gives none is forgotten some. */
    private static final int MOST_CANCELLED = 500;

    /** After so many refusals without a block between them a peer is asked for a block a second. */
    private static final int MOST_REFUSALS = 64;

    /**
     * A batch of requests is not waited for any longer. Under a limit that lets a block in each
     * half a minute it would take minutes to become due, and libtorrent leaves whoever asks for
     * nothing during one.
     */
    private static final long MOST_WAITING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PeerSession peer;
    private final RequestQueue queue = new RequestQueue();
    private final RequestTimer timer = new RequestTimer();
    private final ShortQueue shortQueue;
    private final OpenRequests open = new OpenRequests();
    private final OpenRequests cancelled = new OpenRequests(); // refusals of these may come
    private int refusals; // since a block came last, without those of a choke
    private boolean mayTry; // for a block, although it refuses all of them
    private long sampledBytes;
    private long askedNanos; // only meaningful while something is outstanding

    RequestPipeline(PeerSession peer, RateMeter rate) {
        this.peer = peer;
        shortQueue = new ShortQueue(rate, now());
    }

    private long now() {
        return peer.torrent().loop().nanoTime();
    }

    /** What is outstanding; not to be changed. */
    OpenRequests open() {
        return open;
    }

    boolean isEmpty() {
        return open.size() == 0;
    }

    boolean snubbed() {
        return timer.snubbed();
    }

    boolean stalled() {
        return timer.stalled(now());
    }

    int peerLimit() {
        return queue.peerLimit();
    }

    void peerLimit(int requests) {
        queue.peerLimit(requests);
    }

    /**
     * Blocks that are to be asked for now; 0 while so many are outstanding that it is not worth
     * while.
     *
     * @param parts at most one of so many parts of what may be outstanding
     * @param hurried somebody waits for pieces
     */
    int room(int parts, boolean hurried) {
        if (refusals >= MOST_REFUSALS) {
            return mayTry && isEmpty() ? 1 : 0;
        }
        int most = queue.size();
        if (hurried) {
            most = Math.min(most, shortQueue.size(queue.growing(), now()));
        }
        int room = most - open.size();
        // In batches of a quarter: choosing many at a time is hardly dearer than choosing one.
        boolean few = room < most / 4 && now() - askedNanos < MOST_WAITING_NANOS;
        if (room <= 0 || (open.size() > 0 && few)) {
            return 0;
        }
        return Math.min(room, Math.ceilDiv(most, parts));
    }

    /** Requests that are as good as answered when more urgent ones appear: the first so many. */
    int kept() {
        return shortQueue.kept(queue.growing(), now());
    }

    // ---- asking

    /** Asks for a block. */
    void ask(int piece, int block) {
        expect(piece, block);
        peer.link().send(request(piece, block));
    }

    /** Waits for a block that was asked for. */
    void expect(int piece, int block) {
        askedNanos = now();
        mayTry = false;
        open.add(piece, block);
        timer.requested(1, askedNanos);
        shortQueue.asked(piece, block, askedNanos);
    }

    private PeerMessage.Request request(int piece, int block) {
        PieceMap map = peer.torrent().requireContent().map();
        return new PeerMessage.Request(
                piece, block * PieceMap.BLOCK, map.blockLength(piece, block));
    }

    /** Takes back a request, if it is outstanding. */
    void cancel(int piece, int block) {
        if (open.remove(piece, block)) {
            timer.dropped(1);
            shortQueue.dropped(piece, block);
            sendCancel(piece, block);
        }
    }

    /** Takes back all requests. */
    void cancelAll() {
        for (int i = 0; i < open.size(); i++) {
            sendCancel(open.piece(i), open.block(i));
        }
        drop();
    }

    /** Takes back a request that this pipeline does not wait for. */
    void withdraw(int piece, int block) {
        sendCancel(piece, block);
    }

    private void sendCancel(int piece, int block) {
        PeerMessage.Request request = request(piece, block);
        peer.link().send(new PeerMessage.Cancel(piece, request.begin(), request.length()));
        if (peer.link().features().fast()) {
            if (cancelled.size() == MOST_CANCELLED) {
                cancelled.clear();
            }
            cancelled.add(piece, block);
        }
    }

    /** Waits for nothing that was asked for any more. */
    void drop() {
        open.clear();
        timer.choked();
    }

    // ---- answers

    /** Bytes of a block came. */
    void progress() {
        boolean was = timer.snubbed();
        timer.progress(now());
        if (was) {
            queue.snubbed(false);
        }
    }

    /** A block came, asked for or not. */
    void received(int piece, int block) {
        boolean expected = open.remove(piece, block);
        if (expected) {
            refusals = 0;
            queue.blockReceived();
            shortQueue.came(piece, block, now());
            timer.received(now());
        } else {
            progress();
        }
        if (cancelled.remove(piece, block) && expected) {
            sendCancel(piece, block); // our cancel came too late: this is the first of two answers
        }
    }

    /**
     * The peer refuses a block (BEP 6).
     *
     * @return whether it was outstanding
     */
    boolean refused(int piece, int block) {
        if (cancelled.remove(piece, block)) {
            return false; // it may have been asked for again, and that will be answered too
        }
        boolean expected = open.remove(piece, block);
        if (expected) {
            timer.dropped(1);
            refusals += peer.chokesUs() ? 0 : 1; // a choke refuses all at once, and ends
        }
        return expected;
    }

    // ---- from one engine to the next

    List<PeerMessage.Request> asked() {
        return requests(open);
    }

    List<PeerMessage.Request> withdrawn() {
        return requests(cancelled);
    }

    private List<PeerMessage.Request> requests(OpenRequests blocks) {
        List<PeerMessage.Request> all = new ArrayList<>(blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            all.add(request(blocks.piece(i), blocks.block(i)));
        }
        return all;
    }

    /**
     * Another pipeline was here before.
     *
     * @param receivedBytes of blocks that have come
     * @param withdrawn refusals of these may come
     */
    void takeUp(long receivedBytes, List<PeerMessage.Request> withdrawn) {
        sampledBytes = receivedBytes;
        withdrawn.forEach(one -> cancelled.add(one.piece(), one.begin() / PieceMap.BLOCK));
    }

    /**
     * Once a second: measures.
     *
     * @param receivedBytes of blocks since the link began
     * @return whether the patience with the peer has just ended
     */
    boolean pulse(long receivedBytes) {
        if (open.size() > 0 || receivedBytes != sampledBytes) {
            queue.sampled(receivedBytes - sampledBytes);
            sampledBytes = receivedBytes;
        }
        mayTry = true;
        boolean expired = timer.expires(now());
        if (expired) {
            queue.snubbed(true);
        }
        return expired;
    }
}
