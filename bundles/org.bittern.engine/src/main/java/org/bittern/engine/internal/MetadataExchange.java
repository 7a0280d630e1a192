package org.bittern.engine.internal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.MetainfoLimits;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the metadata of a magnet link from peers (BEP 9). Owned by the torrent's loop.
 *
 * <p>Nobody can be believed before the hash matches, and nobody may keep the others from being
 * asked. So peers take turns: the first turn belongs to the size that most of them name, and the
 * pieces are asked of all who name it. When they do not bring it in time, or refuse, those who name
 * something else get theirs; when all had a turn, turns become longer. Once a whole is wrong that
 * came from several peers, one alone is asked in each turn: then a wrong whole shows who lies.
 *
 * <p>A size needs no second peer that names it: with one seed alone there is none, and the metadata
 * of such a swarm is to come at once. It need not be right either, for nothing is reserved by it
 * but a list of at most 1,920 places. Memory grows with what has come, up to {@link #MOST_BYTES};
 * whoever fills it with something wrong is banned.
 */
final class MetadataExchange {
    /** Longest metadata that is fetched. */
    static final long MOST_BYTES = MetainfoLimits.INFO.maxBytes();

    /** What a turn lasts at first while others wait for theirs. */
    static final long FIRST_TURN_NANOS = TimeUnit.SECONDS.toNanos(24);

    private static final int MOST_DOUBLINGS = 8;
    private static final int PIECE = 16_384; // BEP 9
    private static final int REQUESTS_PER_PEER = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final Logger log = LoggerFactory.getLogger(MetadataExchange.class);

    /** One piece that was asked for. */
    private record Asked(PeerSession peer, int piece, long untilNanos) {}

    private final TorrentCore torrent;
    private final Map<PeerSession, Long> offers = new LinkedHashMap<>();
    private final Set<PeerSession> served = new HashSet<>(); // had a turn since all had one
    private final Set<PeerSession> refusers = new HashSet<>(); // in their turn
    // Of the pieces that are there: also who has left, or another one would answer for its pieces.
    private final Set<PeerSession> senders = new HashSet<>();
    private final Deque<Integer> missing = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private byte[] @Nullable [] pieces = {}; // null where one has not come
    private int received;
    private long size; // of those whose turn it is; 0: nobody had one yet
    private @Nullable PeerSession alone; // null: all who name the size
    private boolean mistrust; // one at a time from now on
    private long turnEndsNanos;
    private int rounds; // in which all had a turn
    private boolean done; // it was brought, whether it can be used or not

    MetadataExchange(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** 0.0 to 1.0. */
    double progress() {
        if (isDone()) {
            return 1;
        }
        return pieces.length == 0 ? 0 : (double) received / pieces.length;
    }

    private boolean isDone() {
        return done || torrent.content() != null;
    }

    // ---- peers

    /** A peer said in its extension handshake how long the metadata is. */
    void offered(PeerSession peer) {
        long named = peer.extension().metadataBytes();
        if (!isDone() && named > 0 && named <= MOST_BYTES) {
            offers.put(peer, named);
            if (isOfTurn(peer)) {
                served.add(peer); // it takes part in this turn, and makes it no longer
            }
            ask();
        }
    }

    void gone(PeerSession peer) {
        offers.remove(peer);
        served.remove(peer);
        takeBack(one -> one.peer == peer);
        refusers.remove(peer);
        ask();
    }

    void refused(PeerSession peer, int piece) {
        if (takeBack(one -> one.peer == peer && one.piece == piece)) {
            ask();
        }
    }

    /** Pieces that somebody does not bring; whether there are any. */
    private boolean takeBack(Predicate<Asked> which) {
        return asked.removeIf(one -> {
            boolean back = which.test(one);
            if (back) {
                missing.addFirst(one.piece);
                refusers.add(one.peer);
            }
            return back;
        });
    }

    /** Once a second. */
    void pulse(long nowNanos) {
        if (isDone() || offers.isEmpty()) {
            return;
        }
        takeBack(one -> nowNanos - one.untilNanos >= 0);
        boolean waiting = offers.keySet().stream().anyMatch(peer -> !isOfTurn(peer));
        boolean over = !isServing() || (waiting && nowNanos - turnEndsNanos >= 0);
        if (over && served.containsAll(offers.keySet())) {
            served.clear();
            refusers.clear();
            rounds = Math.min(rounds + 1, MOST_DOUBLINGS);
        }
        ask();
    }

    // ---- turns

    private boolean isOfTurn(PeerSession peer) {
        Long named = offers.get(peer);
        return named != null && named == size && (alone == null || alone == peer);
    }

    private boolean mayBeAsked(PeerSession peer) {
        return isOfTurn(peer) && !refusers.contains(peer) && peer.isOpen();
    }

    /** Whether anybody whose turn it is does his best. */
    private boolean isServing() {
        return offers.keySet().stream().anyMatch(this::mayBeAsked);
    }

    /** Begins the next turn when the present one is over and somebody waits. */
    private void takeTurns(long nowNanos) {
        if (isServing() && nowNanos - turnEndsNanos < 0) {
            return;
        }
        PeerSession next = null;
        long most = 0;
        for (PeerSession peer : offers.keySet()) {
            long votes = votes(peer);
            if (!served.contains(peer) && peer.isOpen() && votes > most) {
                next = peer;
                most = votes;
            }
        }
        if (next != null) {
            begin(next, offers.getOrDefault(next, 0L));
            turnEndsNanos = nowNanos + (FIRST_TURN_NANOS << rounds);
        }
    }

    /** How many name the same size, the peer itself among them. */
    private long votes(PeerSession peer) {
        return offers.values().stream().filter(named -> named.equals(offers.get(peer))).count();
    }

    private void begin(PeerSession first, long named) {
        PeerSession only = mistrust ? first : null;
        if (named != size || only != alone) {
            forget();
            size = named;
            alone = only;
            int count = (int) ((named + PIECE - 1) / PIECE);
            pieces = new byte[count][];
            for (int piece = 0; piece < count; piece++) {
                missing.addLast(piece);
            }
        }
        offers.keySet().stream().filter(this::isOfTurn).forEach(served::add);
    }

    private void forget() {
        size = 0;
        alone = null;
        pieces = new byte[0][];
        received = 0;
        senders.clear();
        asked.clear();
        missing.clear();
    }

    // ---- pieces

    private void ask() {
        if (isDone() || offers.isEmpty()) {
            return;
        }
        long now = torrent.loop().nanoTime();
        takeTurns(now);
        for (PeerSession peer : offers.keySet()) {
            while (mayBeAsked(peer) && !missing.isEmpty() && askedOf(peer) < REQUESTS_PER_PEER) {
                int piece = missing.removeFirst();
                asked.add(new Asked(peer, piece, now + PATIENCE_NANOS));
                peer.link().send(new PeerMessage.MetadataRequest(piece));
            }
        }
    }

    private int askedOf(PeerSession peer) {
        int count = 0;
        for (Asked one : asked) {
            count += one.peer == peer ? 1 : 0;
        }
        return count;
    }

    void received(PeerSession peer, PeerMessage.MetadataData data) {
        int piece = data.piece();
        boolean was = asked.removeIf(one -> one.peer == peer && one.piece == piece);
        if (!was || isDone()) {
            return;
        }
        long length = Math.min(PIECE, size - (long) piece * PIECE);
        if (data.totalBytes() != size || data.data().length != length) {
            missing.addFirst(piece);
            refusers.add(peer);
        } else {
            pieces[piece] = data.data();
            received++;
            senders.add(peer);
            torrent.touch();
        }
        if (received == pieces.length) {
            finish();
        } else {
            ask();
        }
    }

    private void finish() {
        byte[] bytes = whole();
        List<PeerSession> from = List.copyOf(senders);
        forget();
        if (Digest.matches(torrent.infoHash(), bytes)) {
            take(bytes);
            return;
        }
        log.debug("{} got wrong metadata of {}", torrent.infoHash().shortHex(), from);
        if (from.size() == 1) {
            offers.remove(from.getFirst());
            torrent.dialler().ban(from.getFirst().address());
        } else {
            mistrust = true;
        }
        served.clear();
        refusers.clear();
        ask();
    }

    private byte[] whole() {
        ByteBuffer whole = ByteBuffer.allocate((int) size);
        for (byte @Nullable [] piece : pieces) {
            if (piece != null) {
                whole.put(piece);
            }
        }
        return whole.array();
    }

    /** The hash matches: everybody will send the same. */
    private void take(byte[] whole) {
        done = true;
        offers.clear();
        try {
            Metainfo metainfo = Metainfo.parseInfo(whole);
            if (metainfo.infoHash().sameTorrent(torrent.infoHash())) {
                torrent.metadataComplete(metainfo);
            } else {
                torrent.metadataUnusable("of another version than the link says");
            }
        } catch (MetainfoException e) {
            torrent.metadataUnusable(e.getMessage() == null ? "unreadable" : e.getMessage());
        }
    }
}
