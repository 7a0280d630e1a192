package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.peer.PeerMessage;

/**
 * What a peer asks of us and what it gets. Owned by the torrent's loop.
 *
 * <p>Requests wait here, where cancelling is cheap, and only as many become blocks as the link can
 * send in about a second: so a slow peer costs no memory and a fast one never waits for the disk.
 */
final class UploadSide {
    private static final int LEAST_AHEAD_BYTES = 128 << 10;
    private static final int MOST_AHEAD_BYTES = 2 << 20;

    /** How often a choked peer may have what it is allowed (BEP 6): once, and some of it again. */
    private static final int FAST_TIMES = 2;

    /** A block between the disk and the wire. */
    private static final class Serving {
        final PeerMessage.Request request;
        boolean queued; // the link has it
        boolean dropped; // not wanted any more

        Serving(PeerMessage.Request request) {
            this.request = request;
        }

        boolean is(int piece, int begin) {
            return request.piece() == piece && request.begin() == begin;
        }
    }

    private final PeerSession peer;
    private final RateMeter rate;
    private final ArrayDeque<PeerMessage.Request> waiting = new ArrayDeque<>(0);
    private final List<Serving> servings = new ArrayList<>(0);
    private int[] allowedFast = {};
    private long fastBytes; // that a choked peer may still have
    private int aheadBytes;
    private boolean choking = true;
    private boolean interested;
    private long sentBytes;
    private boolean pumping;

    UploadSide(PeerSession peer, RateMeter rate) {
        this.peer = peer;
        this.rate = rate;
    }

    /** Goes on where another engine has stopped, which had sent so many bytes of blocks. */
    void takeUp(long sent) {
        sentBytes = sent;
    }

    boolean choking() {
        return choking;
    }

    boolean interested() {
        return interested;
    }

    void interested(boolean now) {
        interested = now;
    }

    int requests() {
        return waiting.size() + servings.size();
    }

    long sentBytes() {
        return sentBytes;
    }

    RateMeter rate() {
        return rate;
    }

    /** Pieces that the peer may have while choked (BEP 6); they were told to it. */
    void allow(int[] pieces) {
        allowedFast = pieces;
        fastBytes = 0;
        for (int piece : pieces) {
            fastBytes += FAST_TIMES * (long) map().lengthOf(piece);
        }
    }

    /** Chokes or unchokes; tells the peer when that is new. */
    void choke(boolean now) {
        if (now == choking) {
            return;
        }
        choking = now;
        peer.link().send(now ? new PeerMessage.Choke() : new PeerMessage.Unchoke());
        if (now) {
            dropAll(false);
        }
    }

    /** The peer asks for a block. */
    void requested(PeerMessage.Request request) {
        TorrentCore torrent = peer.torrent();
        boolean fast = choking && fast(request.piece()) && fastBytes >= request.length();
        if (!torrent.uploads() || (choking && !fast) || !servable(request)) {
            reject(request);
        } else if (requests() >= torrent.session().setting(EngineSettings.REQQ)) {
            peer.countOverflow();
            reject(request);
        } else {
            fastBytes -= choking ? request.length() : 0;
            waiting.addLast(request);
            pump();
        }
    }

    private PieceMap map() {
        return peer.torrent().requireContent().map();
    }

    private boolean servable(PeerMessage.Request request) {
        Content content = peer.torrent().content();
        if (content == null || request.piece() >= content.map().pieceCount()) {
            return false;
        }
        int most = content.map().requestableLength(request.piece());
        return request.length() <= PieceMap.BLOCK
                && request.begin() <= most - request.length()
                && content.picker().verified().get(request.piece())
                && peer.torrent().swarm().superSeeder().mayRequest(peer, request.piece());
    }

    private boolean fast(int piece) {
        for (int allowed : allowedFast) {
            if (allowed == piece) {
                return true;
            }
        }
        return false;
    }

    /** The peer does not need a block any more. */
    void cancelled(PeerMessage.Cancel cancel) {
        for (Iterator<PeerMessage.Request> i = waiting.iterator(); i.hasNext(); ) {
            PeerMessage.Request request = i.next();
            if (request.piece() == cancel.piece() && request.begin() == cancel.begin()) {
                i.remove();
                reject(request);
                return;
            }
        }
        for (Serving serving : servings) {
            if (serving.is(cancel.piece(), cancel.begin()) && !serving.dropped) {
                drop(serving);
                pump(); // it may have been the last one ahead, so nothing else would go on
                return;
            }
        }
    }

    /** Takes back everything that has not begun to go out. */
    void dropAll(boolean alsoFast) {
        for (int i = waiting.size(); i > 0; i--) {
            PeerMessage.Request request = waiting.removeFirst();
            if (!alsoFast && fast(request.piece())) {
                waiting.addLast(request);
            } else {
                reject(request);
            }
        }
        for (Serving serving : List.copyOf(servings)) {
            if (!serving.dropped && (alsoFast || !fast(serving.request.piece()))) {
                drop(serving);
            }
        }
        pump();
    }

    private void drop(Serving serving) {
        PeerMessage.Request request = serving.request;
        if (!serving.queued) {
            serving.dropped = true; // its read still comes back
            reject(request);
        } else if (peer.link().withdrawBlock(request.piece(), request.begin())) {
            finished(serving);
            reject(request);
        }
    }

    /** Says no, to peers that understand it (BEP 6); others see it from the choke. */
    private void reject(PeerMessage.Request request) {
        if (peer.link().features().fast()) {
            peer.link()
                    .send(
                            new PeerMessage.Reject(
                                    request.piece(), request.begin(), request.length()));
        }
    }

    /** Reads blocks for as much as the link should have ahead. */
    void pump() {
        if (pumping || peer.closed()) {
            return; // a store that answers at once called back, or nobody is there
        }
        pumping = true;
        TorrentStore store = peer.torrent().openStore();
        long second = rate.rate(peer.torrent().loop().nanoTime());
        long ahead = Math.clamp(second, LEAST_AHEAD_BYTES, MOST_AHEAD_BYTES);
        while (store != null && aheadBytes < ahead && !waiting.isEmpty()) {
            PeerMessage.Request request = waiting.removeFirst();
            Serving serving = new Serving(request);
            servings.add(serving);
            aheadBytes += request.length();
            store.read(
                    request.piece(),
                    request.begin(),
                    request.length(),
                    peer.link().zeroCopy(),
                    result -> read(serving, result));
        }
        pumping = false;
    }

    private void read(Serving serving, DiskResult<BlockSource> result) {
        PeerMessage.Request request = serving.request;
        switch (result) {
            case DiskResult.Ok<BlockSource> ok -> {
                if (serving.dropped || peer.closed()) {
                    ok.value().release();
                    finished(serving);
                    pump();
                } else {
                    serving.queued = true;
                    peer.link().sendBlock(request.piece(), request.begin(), ok.value());
                }
            }
            case DiskResult.Failed<BlockSource> failed -> {
                finished(serving);
                if (!serving.dropped && !peer.closed()) {
                    peer.torrent().course().readFailed(request.piece(), failed);
                    if (peer.torrent().storage().isBetweenStores()) {
                        waiting.addLast(request); // the next store has it
                    } else {
                        reject(request);
                    }
                }
            }
        }
    }

    private void finished(Serving serving) {
        if (servings.remove(serving)) {
            aheadBytes -= serving.request.length();
        }
    }

    /** A block is out. */
    void sent(int piece, int begin, int length) {
        sentBytes += length;
        rate.add(length, peer.torrent().loop().nanoTime());
        for (int i = 0; i < servings.size(); i++) {
            if (servings.get(i).queued && servings.get(i).is(piece, begin)) {
                finished(servings.get(i));
                break;
            }
        }
        pump();
    }
}
