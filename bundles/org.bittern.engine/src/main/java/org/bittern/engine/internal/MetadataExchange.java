package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the metadata of a magnet link from peers (BEP 9). Owned by the torrent's loop.
 *
 * <p>Nobody can be believed before the hash matches: the size is that which most peers name, pieces
 * are asked of several peers at a time, and when the whole is wrong all who sent a part of it are
 * not asked again and their size counts no more.
 */
final class MetadataExchange {
    /** Longest metadata that is fetched. */
    static final long MOST_BYTES = 30L << 20;

    private static final int PIECE = 16_384; // BEP 9
    private static final int REQUESTS_PER_PEER = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final Logger log = LoggerFactory.getLogger(MetadataExchange.class);

    /** One piece that was asked for. */
    private record Asked(PeerSession peer, int piece, long untilNanos) {}

    private final TorrentCore torrent;
    private final Map<PeerSession, Long> offers = new LinkedHashMap<>();
    private final Set<PeerSession> liars = new HashSet<>();
    private final Set<PeerSession> senders = new HashSet<>();
    private final Set<PeerSession> refusers = new HashSet<>();
    private final Deque<Integer> missing = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private byte @Nullable [] bytes; // null until a size is chosen
    private boolean @Nullable [] present; // likewise
    private int received;

    MetadataExchange(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** 0.0 to 1.0. */
    double progress() {
        if (torrent.content() != null) {
            return 1;
        }
        return present == null ? 0 : (double) received / present.length;
    }

    /** A peer said in its extension handshake how long the metadata is. */
    void offered(PeerSession peer) {
        long size = peer.extension().metadataBytes();
        if (torrent.content() == null && size > 0 && size <= MOST_BYTES && !liars.contains(peer)) {
            offers.put(peer, size);
            ask();
        }
    }

    void gone(PeerSession peer) {
        offers.remove(peer);
        liars.remove(peer);
        senders.remove(peer);
        refusers.remove(peer);
        takeBack(peer);
        ask();
    }

    private void takeBack(PeerSession peer) {
        asked.removeIf(one -> {
            if (one.peer == peer) {
                missing.addFirst(one.piece);
            }
            return one.peer == peer;
        });
    }

    void refused(PeerSession peer, int piece) {
        boolean was = asked.removeIf(one -> one.peer == peer && one.piece == piece);
        if (was) {
            missing.addFirst(piece);
            refusers.add(peer); // until the next pulse that finds nobody else
            ask();
        }
    }

    /** Once a second. */
    void pulse(long nowNanos) {
        if (torrent.content() != null || offers.isEmpty()) {
            return;
        }
        asked.removeIf(one -> {
            boolean late = nowNanos - one.untilNanos >= 0;
            if (late) {
                missing.addFirst(one.piece);
                refusers.add(one.peer);
            }
            return late;
        });
        if (refusers.containsAll(offers.keySet())) {
            refusers.clear();
        }
        ask();
    }

    private void ask() {
        if (torrent.content() != null || !chooseSize() || bytes == null) {
            return;
        }
        long until = torrent.loop().nanoTime() + PATIENCE_NANOS;
        for (Map.Entry<PeerSession, Long> offer : offers.entrySet()) {
            PeerSession peer = offer.getKey();
            if (offer.getValue() != bytes.length || refusers.contains(peer) || !peer.isOpen()) {
                continue;
            }
            while (!missing.isEmpty() && askedOf(peer) < REQUESTS_PER_PEER) {
                int piece = missing.removeFirst();
                asked.add(new Asked(peer, piece, until));
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

    /** Takes the size that most peers name, unless one is being fetched that somebody names. */
    private boolean chooseSize() {
        if (bytes != null && offers.containsValue((long) bytes.length)) {
            return true;
        }
        long best = 0;
        int most = 0;
        for (Long size : offers.values()) {
            int votes = 0;
            for (Long other : offers.values()) {
                votes += other.equals(size) ? 1 : 0;
            }
            if (votes > most) {
                most = votes;
                best = size;
            }
        }
        if (best > 0) {
            begin((int) best);
        }
        return best > 0;
    }

    private void begin(int size) {
        bytes = new byte[size];
        int pieces = (size + PIECE - 1) / PIECE;
        present = new boolean[pieces];
        received = 0;
        senders.clear();
        asked.clear();
        missing.clear();
        for (int piece = 0; piece < pieces; piece++) {
            missing.addLast(piece);
        }
    }

    void received(PeerSession peer, PeerMessage.MetadataData data) {
        boolean was = asked.removeIf(one -> one.peer == peer && one.piece == data.piece());
        if (!was || bytes == null || present == null || torrent.content() != null) {
            return;
        }
        int begin = data.piece() * PIECE;
        int length = Math.min(PIECE, bytes.length - begin);
        if (data.totalBytes() != bytes.length || data.data().length != length) {
            missing.addFirst(data.piece());
            refusers.add(peer);
            ask();
            return;
        }
        if (!present[data.piece()]) {
            System.arraycopy(data.data(), 0, bytes, begin, length);
            present[data.piece()] = true;
            received++;
            senders.add(peer);
            torrent.touch();
        }
        if (received == present.length) {
            finish(bytes);
        } else {
            ask();
        }
    }

    private void finish(byte[] whole) {
        Metainfo metainfo = parsed(whole);
        if (metainfo != null) {
            bytes = null;
            present = null;
            offers.clear();
            asked.clear();
            missing.clear();
            torrent.metadataComplete(metainfo);
            return;
        }
        log.debug("{} got wrong metadata of {}", torrent.infoHash().shortHex(), senders);
        liars.addAll(senders);
        senders.forEach(offers::remove);
        bytes = null;
        present = null;
        ask();
    }

    private @Nullable Metainfo parsed(byte[] whole) {
        if (!Digest.matches(torrent.infoHash(), whole)) {
            return null;
        }
        try {
            Metainfo metainfo = Metainfo.parseInfo(whole);
            InfoHash found = metainfo.infoHash();
            return found.sameTorrent(torrent.infoHash()) ? metainfo : null;
        } catch (MetainfoException e) {
            // The hash matches: everybody will send the same.
            torrent.metadataUnusable(e.getMessage() == null ? "unreadable" : e.getMessage());
            return null;
        }
    }
}
