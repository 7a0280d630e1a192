package org.bittern.engine.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Tells peers the hashes that they ask for (BEP 52): those of pieces from the metadata, those of
 * the blocks of a verified piece from its bytes. Owned by the torrent's loop.
 *
 * <p>Strangers ask, for 49 bytes each time, and a piece must be read and hashed to answer them. So
 * few are read at a time, all peers together get {@link #BYTES_PER_SECOND}, and the hashes of the
 * last pieces are kept.
 */
final class HashServer {
    private static final int MOST_QUEUED_BYTES = 1 << 20;

    /** Pieces read at a time. */
    private static final int MOST_READS = 8;

    /** Of them for one peer; libtorrent has so many questions open. */
    private static final int MOST_READS_OF_PEER = 2;

    /** What is read and hashed for this in the long run. */
    private static final long BYTES_PER_SECOND = 16 << 20;

    /** So much of it may be used at once, before anything is refused. */
    private static final long BURST_BYTES = 8 * BYTES_PER_SECOND;

    /** Pieces whose hashes are kept. */
    private static final int MOST_KEPT = 4;

    private static final double NANOS_PER_SECOND = 1e9;

    private final TorrentCore torrent;
    private final Map<BString, LayerTree> layers = new HashMap<>(0); // that were asked for
    private final Map<BString, FileEntry> files = new HashMap<>(0); // by root, once asked for
    private final List<PeerSession> readers = new ArrayList<>(0); // for whom a piece is read
    private final Map<Integer, LayerTree> pieces =
            new LinkedHashMap<>(4, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, LayerTree> eldest) {
                    return size() > MOST_KEPT;
                }
            };
    private long spentBytes; // less what has been earned since
    private long spentNanos;

    HashServer(TorrentCore torrent) {
        this.torrent = torrent;
        spentNanos = torrent.loop().nanoTime();
    }

    /** A peer asks for hashes. */
    void requested(PeerSession peer, PeerMessage.HashRequest request) {
        Content content = torrent.content();
        int width = request.length();
        if (content == null
                || !content.metainfo().hasV2()
                || width < 1
                || width > LayerTree.ROW
                || Integer.bitCount(width) != 1
                || request.index() % width != 0
                || peer.link().queuedBytes() > MOST_QUEUED_BYTES) {
            reject(peer, request);
        } else if (request.baseLayer() == MerkleTree.pieceLevel(content.map().pieceLength())) {
            pieceHashes(content, peer, request);
        } else if (request.baseLayer() == 0 && width > 1) {
            blockHashes(content, peer, request);
        } else {
            reject(peer, request); // nobody asks for what lies between
        }
    }

    private static void reject(PeerSession peer, PeerMessage.HashRequest request) {
        peer.link()
                .send(
                        new PeerMessage.HashReject(
                                request.piecesRoot(),
                                request.baseLayer(),
                                request.index(),
                                request.length(),
                                request.proofLayers()));
    }

    private static void answer(
            PeerSession peer, PeerMessage.HashRequest request, byte[] row, List<byte[]> uncles) {
        List<byte[]> hashes = new ArrayList<>();
        for (int at = 0; at < row.length; at += MerkleTree.HASH) {
            hashes.add(Arrays.copyOfRange(row, at, at + MerkleTree.HASH));
        }
        hashes.addAll(uncles);
        peer.link()
                .send(
                        new PeerMessage.Hashes(
                                request.piecesRoot(),
                                request.baseLayer(),
                                request.index(),
                                request.length(),
                                request.proofLayers(),
                                hashes));
    }

    /** How many uncles are asked for: the layers that follow from the row itself go without. */
    private static int uncles(PeerMessage.HashRequest request) {
        return Math.max(
                0, request.proofLayers() - Math.max(0, LayerTree.log2(request.length()) - 1));
    }

    // ---- pieces

    private void pieceHashes(Content content, PeerSession peer, PeerMessage.HashRequest request) {
        LayerTree tree = layer(content.metainfo(), new BString(request.piecesRoot()));
        int index = request.index();
        int width = request.length();
        if (tree == null || index >= tree.count() || width > LayerTree.powerOfTwo(tree.count())) {
            reject(peer, request);
            return;
        }
        int wanted = uncles(request);
        List<byte[]> uncles = wanted > 0 ? tree.proof(index, width) : List.of();
        answer(
                peer,
                request,
                tree.row(index, width),
                uncles.subList(0, Math.min(wanted, uncles.size())));
    }

    /** The tree above a file's piece layer; null when that is not known. */
    private @Nullable LayerTree layer(Metainfo metainfo, BString root) {
        BString layer = metainfo.pieceLayers().get(root);
        if (layer == null) {
            return null;
        }
        int level = MerkleTree.pieceLevel(metainfo.pieces().pieceLength());
        return layers.computeIfAbsent(root, _ -> new LayerTree(layer.buffer(), level));
    }

    // ---- blocks

    /**
     * Where the asked hashes are.
     *
     * @param leaves below the node of the piece, padding included: a power of two
     * @param first number of the first of the asked ones among them
     * @param only whether the piece is all of its file
     */
    private record Spot(int piece, int leaves, int first, boolean only) {}

    private void blockHashes(Content content, PeerSession peer, PeerMessage.HashRequest request) {
        Spot spot = spot(content, request);
        TorrentStore store = torrent.openStore();
        if (spot == null || !content.verified().get(spot.piece)) {
            reject(peer, request);
            return;
        }
        LayerTree known = pieces.get(spot.piece);
        if (known != null) {
            answer(content, peer, request, spot, known);
        } else if (store == null
                || readers.size() >= MOST_READS
                || Collections.frequency(readers, peer) >= MOST_READS_OF_PEER
                || !spend(content.map().fileBytesIn(spot.piece))) {
            reject(peer, request);
        } else {
            readers.add(peer);
            store.blockLeaves(
                    spot.piece,
                    result -> {
                        readers.remove(peer);
                        read(content, peer, request, spot, result);
                    });
        }
    }

    /** Null when there are no such hashes. */
    private @Nullable Spot spot(Content content, PeerMessage.HashRequest request) {
        FileEntry file = file(content.metainfo(), new BString(request.piecesRoot()));
        int pieceLength = content.map().pieceLength();
        if (file == null) {
            return null;
        }
        boolean only = file.length() <= pieceLength;
        long blocks = (file.length() + PieceMap.BLOCK - 1) / PieceMap.BLOCK;
        int leaves = only ? LayerTree.powerOfTwo((int) blocks) : pieceLength / PieceMap.BLOCK;
        long count = (file.length() + pieceLength - 1) / pieceLength;
        int depth = LayerTree.log2(leaves) + LayerTree.log2(LayerTree.powerOfTwo((int) count));
        // Who gets less than it asked for takes that for a violation (libtorrent does, and also
        // asks for more than there is where a file has one piece or two).
        if (request.index() >= blocks
                || request.length() > leaves
                || uncles(request) > depth - LayerTree.log2(request.length())) {
            return null;
        }
        int piece = content.map().firstPiece(file.index()) + request.index() / leaves;
        return new Spot(piece, leaves, request.index() % leaves, only);
    }

    private @Nullable FileEntry file(Metainfo metainfo, BString root) {
        if (files.isEmpty()) {
            for (FileEntry file : metainfo.files()) {
                file.piecesRoot().ifPresent(hash -> files.putIfAbsent(new BString(hash), file));
            }
        }
        return files.get(root);
    }

    private boolean spend(int bytes) {
        long now = torrent.loop().nanoTime();
        long earned = (long) ((now - spentNanos) / NANOS_PER_SECOND * BYTES_PER_SECOND);
        spentBytes = Math.max(0, spentBytes - earned);
        spentNanos = now;
        if (spentBytes > BURST_BYTES) {
            return false;
        }
        spentBytes += bytes;
        return true;
    }

    private void read(
            Content content,
            PeerSession peer,
            PeerMessage.HashRequest request,
            Spot spot,
            DiskResult<byte[]> result) {
        if (!peer.isOpen()) {
            return;
        }
        LayerTree tree = null;
        if (result instanceof DiskResult.Ok<byte[]> ok && isRight(content, spot, ok.value())) {
            byte[] all = Arrays.copyOf(ok.value(), spot.leaves * MerkleTree.HASH);
            tree = new LayerTree(ByteBuffer.wrap(all), 0); // a missing leaf is all zeros
            pieces.put(spot.piece, tree);
        }
        if (tree == null) {
            reject(peer, request);
        } else {
            answer(content, peer, request, spot, tree);
        }
    }

    /** The files may have changed since the piece was verified. */
    private static boolean isRight(Content content, Spot spot, byte[] leaves) {
        byte[] hash = MerkleTree.pieceHash(leaves, content.map().pieceLength(), spot.only);
        return content.metainfo()
                .v2PieceHash(spot.piece)
                .filter(expected -> Arrays.equals(expected, hash))
                .isPresent();
    }

    private void answer(
            Content content,
            PeerSession peer,
            PeerMessage.HashRequest request,
            Spot spot,
            LayerTree tree) {
        int width = request.length();
        List<byte[]> uncles = new ArrayList<>();
        int wanted = uncles(request);
        if (wanted > 0) {
            uncles.addAll(tree.proof(spot.first, width));
            LayerTree above =
                    spot.only ? null : layer(content.metainfo(), new BString(request.piecesRoot()));
            if (above != null) {
                uncles.addAll(above.proof(request.index() / spot.leaves, 1));
            }
        }
        answer(peer, request, tree.row(spot.first, width), uncles.subList(0, wanted));
    }
}
