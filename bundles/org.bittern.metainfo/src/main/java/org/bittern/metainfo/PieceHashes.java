package org.bittern.metainfo;

import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;

/**
 * The hashes of a content.
 *
 * @param v1 20 bytes for each piece; empty if there is no v1 part
 * @param roots of the hash trees of the files in the plan's order, 32 bytes, or no bytes for an
 *     empty file; empty if there is no v2 part
 * @param layers root to the hashes of a file's pieces, for files longer than a piece
 */
public record PieceHashes(BString v1, List<BString> roots, Map<BString, BString> layers) {
    public PieceHashes {
        roots = List.copyOf(roots);
        layers = Map.copyOf(layers);
    }
}
