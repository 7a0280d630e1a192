package org.bittern.engine.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.choice.SuperSeeding;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Seeds a torrent for the first time with as few uploaded bytes as possible, when {@link
 * TorrentOptions#SUPER_SEEDING} is on (BEP 16). Owned by the torrent's loop.
 *
 * <p>Peers that come meanwhile are told that we have nothing, and then of one piece after the
 * other. It ends, for all of them, when every piece is at some peer, when the option goes off, or
 * when we have not all pieces ourselves. Who was told of all pieces before it began is served as
 * ever.
 *
 * <p>It must not stand still because of peers that want only some of the files, or nothing at all:
 * who does not want what it was shown, or waits for others in vain, is shown another piece after a
 * while.
 */
final class SuperSeeder {
    /** So long we wait for a peer to want what it was shown. */
    static final long UNWANTED_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** So long a piece may take to turn up at another peer while nothing is sent. */
    static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final TorrentCore torrent;
    private final Set<PeerSession> arriving = new HashSet<>(); // what they have is not known yet
    private final Map<PeerSession, Visit> guests = new HashMap<>(); // who are shown single pieces
    private @Nullable SuperSeeding<PeerSession> seeding; // null: plain seeding
    private boolean spread;

    /** What we saw of a guest. */
    private static final class Visit {
        long sinceNanos; // it was shown something or got something
        long sentBytes;

        Visit(long nowNanos) {
            sinceNanos = nowNanos;
        }
    }

    SuperSeeder(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** Whether a peer that comes now is told that we have nothing. */
    boolean begins() {
        Content content = torrent.content();
        return content != null
                && content.complete()
                && !spread
                && torrent.options().get(TorrentOptions.SUPER_SEEDING);
    }

    /** A peer came and was told that we have nothing. */
    void opened(PeerSession peer) {
        arriving.add(peer);
    }

    /** A peer told at once of many pieces, or of none. */
    void pieces(PeerSession peer) {
        if (arriving.remove(peer) || guests.containsKey(peer)) {
            join(peer);
        }
    }

    /** A peer has one more piece; its own set holds it already. */
    void has(PeerSession peer, int piece) {
        if (arriving.remove(peer)) {
            join(peer);
        } else if (seeding != null && guests.containsKey(peer)) {
            seeding.has(peer, piece, this::takesPart).forEach(this::show);
            endWhenSpread();
        }
    }

    void gone(PeerSession peer) {
        arriving.remove(peer);
        if (guests.remove(peer) != null && seeding != null) {
            seeding.left(peer);
        }
    }

    /** Whether a peer may ask for a piece. */
    boolean mayRequest(PeerSession peer, int piece) {
        if (arriving.contains(peer)) {
            return false;
        }
        return seeding == null || !guests.containsKey(peer) || seeding.mayRequest(peer, piece);
    }

    /** Once a second: who has nothing need not have said so (BEP 3). */
    void pulse() {
        for (PeerSession peer : List.copyOf(arriving)) {
            pieces(peer);
        }
        SuperSeeding<PeerSession> present = seeding;
        if (present != null) {
            long now = torrent.loop().nanoTime();
            Map.copyOf(guests).forEach((peer, visit) -> goOn(present, peer, visit, now));
        }
    }

    private void goOn(
            SuperSeeding<PeerSession> present, PeerSession peer, Visit visit, long nowNanos) {
        UploadSide up = peer.up();
        boolean waitsForUs = up.requests() > 0 || (up.interested() && up.choking());
        if (waitsForUs || up.sentBytes() != visit.sentBytes) {
            visit.sentBytes = up.sentBytes();
            visit.sinceNanos = nowNanos;
        }
        long patience = takesPart(peer) ? PATIENCE_NANOS : UNWANTED_NANOS;
        if (nowNanos - visit.sinceNanos >= patience) {
            visit.sinceNanos = nowNanos;
            present.another(peer).ifPresent(this::show);
        }
    }

    /** Whether a guest wants what it was shown, or has it. */
    private boolean takesPart(PeerSession peer) {
        return peer.up().interested() || seeding == null || !seeding.lacksOffer(peer);
    }

    /** The option or what we have ourselves may have changed. */
    void reconsider() {
        if (!torrent.options().get(TorrentOptions.SUPER_SEEDING)) {
            spread = false; // on again later, it begins anew
        }
        if (!begins()) {
            end();
        }
    }

    private void join(PeerSession peer) {
        if (!peer.isOpen()) {
            return;
        }
        Bitfield has = peer.has().bits();
        if (seeding == null) {
            seeding = new SuperSeeding<>(has.pieceCount(), torrent.session().random());
        }
        guests.put(peer, new Visit(torrent.loop().nanoTime()));
        Optional<SuperSeeding.Offer<PeerSession>> first = seeding.joined(peer, has);
        first.ifPresent(this::show);
        endWhenSpread();
    }

    private void show(SuperSeeding.Offer<PeerSession> offer) {
        Visit visit = guests.get(offer.peer());
        if (visit != null) {
            visit.sinceNanos = torrent.loop().nanoTime();
        }
        if (offer.peer().isOpen()) {
            offer.peer().link().send(new PeerMessage.Have(offer.piece()));
        }
    }

    private void endWhenSpread() {
        if (seeding != null && seeding.isSpread()) {
            spread = true;
            end();
        }
    }

    /** Tells everybody of all that was held back. */
    private void end() {
        SuperSeeding<PeerSession> ended = seeding;
        Content content = torrent.content();
        seeding = null;
        for (PeerSession peer : List.copyOf(guests.keySet())) {
            tellRest(peer, ended, content);
        }
        for (PeerSession peer : List.copyOf(arriving)) {
            tellRest(peer, null, content);
        }
        guests.clear();
        arriving.clear();
    }

    private static void tellRest(
            PeerSession peer, @Nullable SuperSeeding<PeerSession> told, @Nullable Content content) {
        if (content == null || !peer.isOpen()) {
            return;
        }
        Bitfield ours = content.verified();
        for (int piece = ours.nextSet(0); piece >= 0; piece = ours.nextSet(piece + 1)) {
            boolean known = told != null && told.mayRequest(peer, piece);
            if (!known && !peer.has().bits().get(piece)) {
                peer.link().send(new PeerMessage.Have(piece));
            }
        }
    }
}
