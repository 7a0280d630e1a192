package org.bittern.metainfo;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

/**
 * The piece layers of a torrent's files (BEP 52): for each file longer than a piece, the hashes of
 * its pieces. They are not covered by the info-hash, so each is checked against its file's root,
 * which is. Some may be missing: a magnet link brings none.
 *
 * @param byRoot root to hashes
 */
record PieceLayers(Map<BString, BString> byRoot) {
    static final PieceLayers NONE = new PieceLayers(Map.of());

    PieceLayers {
        byRoot = Map.copyOf(byRoot);
    }

    static PieceLayers of(BDict dict, List<FileEntry> files, int pieceLength)
            throws MetainfoException {
        Map<BString, BString> layers = new LinkedHashMap<>();
        for (BString root : dict.keys()) {
            BValue layer = dict.get(root).orElseThrow();
            if (!(layer instanceof BString hashes)) {
                throw new MetainfoException(
                        "piece layer of " + hex(root) + " is a " + layer.kind() + ", not a string");
            }
            layers.put(root, hashes);
        }
        return NONE.with(layers, files, pieceLength);
    }

    PieceLayers with(Map<BString, BString> more, List<FileEntry> files, int pieceLength)
            throws MetainfoException {
        Map<BString, Long> lengths = new HashMap<>();
        for (FileEntry file : files) {
            if (file.piecesRoot().isPresent()) {
                BString root = new BString(file.piecesRoot().get());
                Long other = lengths.putIfAbsent(root, file.length());
                if (other != null && other != file.length()) {
                    throw new MetainfoException(
                            "files of %d and %d bytes have the same root %s"
                                    .formatted(other, file.length(), hex(root)));
                }
            }
        }
        Map<BString, BString> all = new HashMap<>(byRoot);
        for (Map.Entry<BString, BString> layer : more.entrySet()) {
            Long length = lengths.get(layer.getKey());
            if (length == null) {
                throw new MetainfoException(
                        "piece layer for " + hex(layer.getKey()) + ", which is no file's root");
            }
            check(layer.getKey(), layer.getValue(), length, pieceLength);
            all.put(layer.getKey(), layer.getValue());
        }
        return new PieceLayers(all);
    }

    private static void check(BString root, BString layer, long fileLength, int pieceLength)
            throws MetainfoException {
        long expected = (fileLength + pieceLength - 1) / pieceLength * MerkleTree.HASH;
        if (layer.length() != expected) {
            throw new MetainfoException(
                    "piece layer of %d bytes for %s; its file takes %d"
                            .formatted(layer.length(), hex(root), expected));
        }
        boolean matches =
                fileLength <= pieceLength
                        ? layer.equals(root)
                        : MerkleTree.isLayerOf(layer.bytes(), pieceLength, root.bytes());
        if (!matches) {
            throw new MetainfoException("piece layer for " + hex(root) + " does not hash to it");
        }
    }

    Optional<byte[]> hash(byte[] root, int index) {
        BString layer = byRoot.get(new BString(root));
        if (layer == null) {
            return Optional.empty();
        }
        byte[] hash = new byte[MerkleTree.HASH];
        layer.buffer().get(index * MerkleTree.HASH, hash);
        return Optional.of(hash);
    }

    List<BString> missing(List<FileEntry> files, int pieceLength) {
        Set<BString> missing = new LinkedHashSet<>();
        for (FileEntry file : files) {
            if (file.length() > pieceLength && file.piecesRoot().isPresent()) {
                BString root = new BString(file.piecesRoot().get());
                if (!byRoot.containsKey(root)) {
                    missing.add(root);
                }
            }
        }
        return List.copyOf(missing);
    }

    private static String hex(BString root) {
        return Texts.hex(root);
    }
}
