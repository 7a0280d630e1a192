package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.bittern.api.engine.TorrentError;
import org.bittern.engine.internal.choice.SmartBan;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Bad v2 pieces of which it is being found out which blocks are bad, so that only these come again
 * and exactly their senders are banned (BEP 52). Owned by the torrent's loop.
 *
 * <p>The hashes of its blocks are asked of one peer at a time, rather of those who sent nothing of
 * the piece; nobody can lie, as the hash of the piece is known. Meanwhile its blocks stay as they
 * are. When nobody tells in time all of it comes again, and {@link SmartBan} looks for the culprit.
 *
 * <p>A piece of a hybrid may be good by its v2 hash. Either somebody sent other bytes than zeros as
 * padding, which only the v1 hash covers and nobody stores, so that the files are good; or its
 * hashes contradict each other, and no peer can help.
 */
final class Inquests {
    /** So long a piece waits at most. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** So long a peer has to answer. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Pieces that wait at a time. */
    private static final int MOST_OPEN = 64;

    private final TorrentCore torrent;
    private final Downloads downloads;
    private final Map<Integer, Case> open = new LinkedHashMap<>(0); // by piece
    private final Set<PeerSession> useless = new HashSet<>(0); // silent, or told what is not true
    private final BitSet acquitted = new BitSet(0); // pieces; until they are judged again

    /** One bad piece. */
    private static final class Case {
        final Content content;
        final Inquest inquest;
        final List<@Nullable InetSocketAddress> senders; // per block
        final Set<PeerSession> refusers = new HashSet<>(0);
        EventLoop.Timer end = () -> {};
        EventLoop.Timer answer = () -> {};
        @Nullable PeerSession asked; // null while no answer is awaited
        boolean hashed; // our own hashes are known

        Case(Content content, Inquest inquest, List<@Nullable InetSocketAddress> senders) {
            this.content = content;
            this.inquest = inquest;
            this.senders = senders;
        }

        int piece() {
            return inquest.piece();
        }

        boolean sentBy(PeerSession peer) {
            return senders.contains(peer.address());
        }
    }

    Inquests(TorrentCore torrent, Downloads downloads) {
        this.torrent = torrent;
        this.downloads = downloads;
    }

    /**
     * Begins with a bad piece whose senders are still known to the picker.
     *
     * @return false when there is nothing to find out: all of it must come again
     */
    boolean begin(Content content, int piece) {
        close(open.get(piece));
        List<@Nullable InetSocketAddress> senders = downloads.blame().senders(piece);
        boolean doubtful = SmartBan.needsProof(senders) || content.metainfo().hasV1();
        TorrentStore store = torrent.openStore();
        if (!doubtful || store == null || open.size() >= MOST_OPEN) {
            return false;
        }
        Inquest inquest = Inquest.of(content.metainfo(), piece).orElse(null);
        if (inquest == null) {
            return false;
        }
        Case begun = new Case(content, inquest, senders);
        open.put(piece, begun);
        begun.end = after(PATIENCE_NANOS, () -> condemn(begun));
        store.blockLeaves(piece, result -> hashed(begun, result));
        return true;
    }

    private EventLoop.Timer after(long nanos, Runnable then) {
        return torrent.loop().schedule(nanos, () -> torrent.guard(then));
    }

    private boolean isOpen(Case one) {
        return one.equals(open.get(one.piece())) && !torrent.removed();
    }

    private void close(@Nullable Case one) {
        if (one != null) {
            open.remove(one.piece());
            one.end.cancel();
            one.answer.cancel();
            one.asked = null;
        }
    }

    /** What is known of blocks is void. */
    void forget() {
        List.copyOf(open.values()).forEach(this::close);
        acquitted.clear();
    }

    /** A piece is good, or nobody can say. */
    void settled(int piece) {
        acquitted.clear(piece);
    }

    private void hashed(Case one, DiskResult<byte[]> result) {
        if (!isOpen(one)) {
            return;
        }
        if (result instanceof DiskResult.Ok<byte[]> ok && one.inquest.isGood(ok.value())) {
            acquit(one);
            return;
        }
        acquitted.clear(one.piece());
        if (result instanceof DiskResult.Ok<byte[]> && SmartBan.needsProof(one.senders)) {
            one.hashed = true;
            ask();
        } else {
            condemn(one); // it cannot be read, or has one sender
        }
    }

    // ---- asking

    /** Asks where no answer is awaited. */
    private void ask() {
        for (Case one : List.copyOf(open.values())) {
            if (isOpen(one) && one.hashed && one.asked == null) {
                ask(one);
            }
        }
    }

    private void ask(Case one) {
        List<PeerSession> witnesses = witnesses(one);
        if (witnesses.isEmpty()) {
            condemn(one);
            return;
        }
        List<PeerSession> idle = new ArrayList<>(witnesses);
        open.values().forEach(other -> idle.remove(other.asked));
        PeerSession best = null;
        for (PeerSession peer : idle) {
            if (best == null || (one.sentBy(best) && !one.sentBy(peer))) {
                best = peer;
            }
        }
        if (best != null) {
            PeerSession chosen = best;
            one.asked = chosen;
            chosen.link().send(one.inquest.question());
            one.answer = after(ANSWER_NANOS, () -> silent(one, chosen));
        }
    }

    /** Who may know the hashes, and is not known to keep them back. */
    private List<PeerSession> witnesses(Case one) {
        List<PeerSession> witnesses = new ArrayList<>();
        for (PeerSession peer : torrent.swarm().peers()) {
            if (peer.isOpen()
                    && peer.isV2()
                    && peer.pieces().get(one.piece())
                    && !useless.contains(peer)
                    && !one.refusers.contains(peer)) {
                witnesses.add(peer);
            }
        }
        return witnesses;
    }

    private void silent(Case one, PeerSession peer) {
        if (isOpen(one) && peer.equals(one.asked)) {
            one.asked = null;
            useless.add(peer);
            ask();
        }
    }

    /** A peer tells hashes, asked or not. */
    void received(PeerSession peer, PeerMessage.Hashes hashes) {
        Case one =
                answered(
                        peer,
                        inquest ->
                                inquest.asks(
                                        hashes.piecesRoot(),
                                        hashes.baseLayer(),
                                        hashes.index(),
                                        hashes.length()));
        if (one == null) {
            return;
        }
        if (!one.inquest.take(hashes.hashes())) {
            useless.add(peer);
        } else if (one.inquest.isOver()) {
            close(one);
            downloads.convict(one.content, one.piece(), one.senders, one.inquest.bad());
        }
        ask();
    }

    /** A peer will not tell hashes. */
    void refused(PeerSession peer, PeerMessage.HashReject reject) {
        Case one =
                answered(
                        peer,
                        inquest ->
                                inquest.asks(
                                        reject.piecesRoot(),
                                        reject.baseLayer(),
                                        reject.index(),
                                        reject.length()));
        if (one != null) {
            one.refusers.add(peer);
            ask();
        }
    }

    /** The case that a peer's answer is about, which awaits it no more; null when there is none. */
    private @Nullable Case answered(PeerSession peer, Predicate<Inquest> about) {
        for (Case one : open.values()) {
            if (peer.equals(one.asked) && about.test(one.inquest)) {
                one.answer.cancel();
                one.asked = null;
                return one;
            }
        }
        return null;
    }

    /** A peer has left. */
    void gone(PeerSession peer) {
        useless.remove(peer);
        for (Case one : open.values()) {
            one.refusers.remove(peer);
            if (peer.equals(one.asked)) {
                one.answer.cancel();
                one.asked = null;
            }
        }
        ask();
    }

    // ---- outcomes

    private void condemn(Case one) {
        if (isOpen(one)) {
            close(one);
            downloads.condemn(one.content, one.piece());
        }
    }

    private void acquit(Case one) {
        int piece = one.piece();
        close(one);
        if (!acquitted.get(piece)) {
            acquitted.set(piece);
            downloads.judgeAgain(one.content, piece);
        } else if (one.content.metainfo().hasV1()) {
            one.content.failed(piece);
            torrent.course()
                    .fail(
                            TorrentError.Kind.METADATA,
                            "the v1 and v2 hashes of piece %d contradict each other"
                                    .formatted(piece));
        } else {
            downloads.condemn(one.content, piece);
        }
    }
}
