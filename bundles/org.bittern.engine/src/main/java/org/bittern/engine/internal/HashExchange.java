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
 * Fetches the piece layers of a v2 torrent that began as a magnet link, and serves those that we
 * have (BEP 52). Owned by the torrent's loop.
 *
 * <p>The info dictionary holds only the root of each file's tree. The layer where a node spans a
 * piece is asked for in rows of up to 512 hashes, each with the uncles that lead to the root, so
 * that each answer is checked by itself and nobody can lie.
 */
final class HashExchange {
    private static final int ROW = LayerTree.ROW;
    private static final int OPEN_REQUESTS = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final int MOST_QUEUED_BYTES = 1 << 20;

    /** A row of a layer that is to come. */
    private record Row(BString root, int index, int width, int layerWidth) {}

    private record Asked(PeerSession peer, Row row, long untilNanos) {}

    private final TorrentCore torrent;
    private final Deque<Row> missing = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private final Map<BString, byte[]> layers = new HashMap<>();
    private final Set<PeerSession> refusers = new HashSet<>();
    private final Map<BString, LayerTree> trees = new HashMap<>(0); // of layers that were asked for
    private @Nullable Metainfo metainfo; // not null while layers are being fetched
    private int level;

    HashExchange(TorrentCore torrent) {
        this.torrent = torrent;
    }

    // ---- fetching

    /** Begins to fetch what the metadata lacks; {@link TorrentCore#adopt} follows. */
    void begin(Metainfo incomplete) {
        metainfo = incomplete;
        int pieceLength = incomplete.pieces().pieceLength();
        level = MerkleTree.pieceLevel(pieceLength);
        List<BString> roots = incomplete.missingPieceLayers();
        for (FileEntry file : incomplete.files()) {
            BString root = file.piecesRoot().map(BString::new).orElse(BString.EMPTY);
            if (roots.contains(root) && !layers.containsKey(root)) {
                int pieces = (int) ((file.length() + pieceLength - 1) / pieceLength);
                int layerWidth = powerOfTwo(pieces);
                layers.put(root, new byte[pieces * MerkleTree.HASH]);
                for (int index = 0; index < pieces; index += ROW) {
                    missing.add(new Row(root, index, Math.min(ROW, layerWidth), layerWidth));
                }
            }
        }
        ask();
    }

    private static int powerOfTwo(int least) {
        return least <= 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
    }

    private static int log2(int power) {
        return Integer.numberOfTrailingZeros(power);
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
        return Math.max(0, log2(row.layerWidth) - 1);
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
        takeBack(one ->
                one.peer == peer
                        && one.row.index == reject.index()
                        && Arrays.equals(one.row.root.bytes(), reject.piecesRoot()));
        ask();
    }

    void received(PeerSession peer, PeerMessage.Hashes hashes) {
        for (Asked one : List.copyOf(asked)) {
            if (one.peer == peer
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
        int uncles = log2(row.layerWidth) - log2(row.width);
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

    // ---- serving

    /** A peer asks for hashes. */
    void requested(PeerSession peer, PeerMessage.HashRequest request) {
        List<byte[]> hashes =
                peer.link().queuedBytes() > MOST_QUEUED_BYTES ? null : answer(request);
        peer.link()
                .send(
                        hashes == null
                                ? new PeerMessage.HashReject(
                                        request.piecesRoot(),
                                        request.baseLayer(),
                                        request.index(),
                                        request.length(),
                                        request.proofLayers())
                                : new PeerMessage.Hashes(
                                        request.piecesRoot(),
                                        request.baseLayer(),
                                        request.index(),
                                        request.length(),
                                        request.proofLayers(),
                                        hashes));
    }

    /** The hashes and their proof; null when we do not have them or the question makes no sense. */
    private @Nullable List<byte[]> answer(PeerMessage.HashRequest request) {
        Content content = torrent.content();
        int width = request.length();
        if (content == null || width < 1 || width > ROW || Integer.bitCount(width) != 1) {
            return null;
        }
        Metainfo known = content.metainfo();
        BString root = new BString(request.piecesRoot());
        BString layer = known.pieceLayers().get(root);
        int pieceLevel = known.hasV2() ? MerkleTree.pieceLevel(known.pieces().pieceLength()) : -1;
        if (layer == null || request.baseLayer() != pieceLevel) {
            return null; // only piece layers are kept
        }
        LayerTree tree =
                trees.computeIfAbsent(root, _ -> new LayerTree(layer.buffer(), pieceLevel));
        int index = request.index();
        if (index >= tree.count() || index % width != 0 || width > powerOfTwo(tree.count())) {
            return null;
        }
        byte[] row = tree.row(index, width);
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            hashes.add(Arrays.copyOfRange(row, i * MerkleTree.HASH, (i + 1) * MerkleTree.HASH));
        }
        int wanted = Math.max(0, request.proofLayers() - Math.max(0, log2(width) - 1));
        if (wanted > 0) {
            List<byte[]> uncles = tree.proof(index, width);
            hashes.addAll(uncles.subList(0, Math.min(wanted, uncles.size())));
        }
        return hashes;
    }
}
