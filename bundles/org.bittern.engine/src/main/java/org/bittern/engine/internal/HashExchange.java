package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.bittern.bencode.BString;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the piece layers of a v2 torrent that began as a magnet link, and passes on what else
 * peers say of hashes (BEP 52): questions to {@link HashServer}, answers about the blocks of a
 * piece to {@link Inquests}. Owned by the torrent's loop.
 *
 * <p>The info dictionary holds only the root of each file's tree. The layer where a node spans a
 * piece is asked for in rows of up to 512 hashes, each with the uncles that lead to the root, so
 * that each answer is checked by itself and nobody can lie.
 */
final class HashExchange {
    private static final int ROW = LayerTree.ROW;
    private static final int OPEN_REQUESTS = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** A row of a layer that is to come. */
    private record Row(BString root, int index, int width, int layerWidth) {}

    private record Asked(PeerSession peer, Row row, long untilNanos) {}

    private final TorrentCore torrent;
    private final Deque<Row> missing = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private final Map<BString, byte[]> layers = new HashMap<>();
    private final Set<PeerSession> refusers = new HashSet<>();
    private final HashServer server;
    private @Nullable Metainfo metainfo; // not null while layers are being fetched
    private int level;

    HashExchange(TorrentCore torrent) {
        this.torrent = torrent;
        server = new HashServer(torrent);
    }

    /** Begins to fetch what the metadata lacks; {@link TorrentCore#adopt} follows. */
    void begin(Metainfo incomplete) {
        metainfo = incomplete;
        int pieceLength = incomplete.pieces().pieceLength();
        level = MerkleTree.pieceLevel(pieceLength);
        Set<BString> roots = Set.copyOf(incomplete.missingPieceLayers());
        for (FileEntry file : incomplete.files()) {
            BString root = file.piecesRoot().map(BString::new).orElse(BString.EMPTY);
            if (roots.contains(root) && !layers.containsKey(root)) {
                int pieces = (int) ((file.length() + pieceLength - 1) / pieceLength);
                int layerWidth = LayerTree.powerOfTwo(pieces);
                layers.put(root, new byte[pieces * MerkleTree.HASH]);
                for (int index = 0; index < pieces; index += ROW) {
                    missing.add(new Row(root, index, Math.min(ROW, layerWidth), layerWidth));
                }
            }
        }
        ask();
    }

    /** Asks those who have not refused. */
    void ask() {
        if (metainfo == null) {
            return;
        }
        long until = torrent.loop().nanoTime() + PATIENCE_NANOS;
        for (PeerSession peer : torrent.swarm().peers()) {
            if (!peer.isOpen() || refusers.contains(peer)) {
                continue;
            }
            while (!missing.isEmpty() && asked.size() < OPEN_REQUESTS) {
                Row row = missing.removeFirst();
                asked.add(new Asked(peer, row, until));
                peer.link()
                        .send(
                                new PeerMessage.HashRequest(
                                        row.root.bytes(),
                                        level,
                                        row.index,
                                        row.width,
                                        proofLayers(row)));
            }
        }
    }

    /** Layers from the asked one up to that below the root. */
    private static int proofLayers(Row row) {
        return Math.max(0, LayerTree.log2(row.layerWidth) - 1);
    }

    /** Once a second. */
    void pulse(long nowNanos) {
        if (metainfo == null) {
            return;
        }
        takeBack(one -> nowNanos - one.untilNanos >= 0);
        if (refusers.containsAll(torrent.swarm().peers())) {
            refusers.clear();
        }
        ask();
    }

    void gone(PeerSession peer) {
        takeBack(one -> one.peer == peer);
        refusers.remove(peer);
        ask();
    }

    private void takeBack(Predicate<Asked> which) {
        asked.removeIf(one -> {
            boolean back = which.test(one);
            if (back) {
                missing.addLast(one.row);
                refusers.add(one.peer);
            }
            return back;
        });
    }

    void refused(PeerSession peer, PeerMessage.HashReject reject) {
        if (torrent.content() != null) {
            torrent.downloadsOf().inquests().refused(peer, reject);
            return;
        }
        takeBack(one ->
                one.peer == peer
                        && level == reject.baseLayer()
                        && one.row.index == reject.index()
                        && Arrays.equals(one.row.root.bytes(), reject.piecesRoot()));
        ask();
    }

    void received(PeerSession peer, PeerMessage.Hashes hashes) {
        if (torrent.content() != null) {
            torrent.downloadsOf().inquests().received(peer, hashes);
            return;
        }
        for (Asked one : List.copyOf(asked)) {
            if (one.peer == peer
                    && level == hashes.baseLayer()
                    && one.row.index == hashes.index()
                    && one.row.width == hashes.length()
                    && Arrays.equals(one.row.root.bytes(), hashes.piecesRoot())) {
                asked.remove(one);
                if (!take(one.row, hashes.hashes())) {
                    missing.addLast(one.row);
                    refusers.add(peer);
                }
            }
        }
        finishOrAsk();
    }

    private boolean take(Row row, List<byte[]> hashes) {
        int uncles = LayerTree.log2(row.layerWidth) - LayerTree.log2(row.width);
        byte[] layer = layers.get(row.root);
        if (layer == null || hashes.size() != row.width + uncles) {
            return false;
        }
        byte[] joined = new byte[row.width * MerkleTree.HASH];
        for (int i = 0; i < row.width; i++) {
            System.arraycopy(hashes.get(i), 0, joined, i * MerkleTree.HASH, MerkleTree.HASH);
        }
        List<byte[]> proof = hashes.subList(row.width, hashes.size());
        if (!MerkleTree.verify(joined, level, row.index, proof, row.root.bytes())) {
            return false;
        }
        int begin = row.index * MerkleTree.HASH;
        System.arraycopy(joined, 0, layer, begin, Math.min(joined.length, layer.length - begin));
        return true;
    }

    private void finishOrAsk() {
        Metainfo known = metainfo;
        if (known == null || !missing.isEmpty() || !asked.isEmpty()) {
            ask();
            return;
        }
        metainfo = null;
        Map<BString, BString> found = new HashMap<>();
        layers.forEach((root, layer) -> found.put(root, new BString(layer)));
        layers.clear();
        try {
            torrent.adopt(known.withPieceLayers(found));
        } catch (MetainfoException e) {
            torrent.metadataUnusable(String.valueOf(e.getMessage()));
        }
    }

    /** A peer asks for hashes. */
    void requested(PeerSession peer, PeerMessage.HashRequest request) {
        server.requested(peer, request);
    }
}
