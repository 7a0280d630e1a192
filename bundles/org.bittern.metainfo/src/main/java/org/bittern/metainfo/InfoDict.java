package org.bittern.metainfo;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BString;
import org.jspecify.annotations.Nullable;

/**
 * What an info dictionary says, checked.
 *
 * @param raw its bytes, read-only; shared, so take a duplicate
 * @param v1Hashes 20 bytes for each piece; null if the torrent is v2 only
 */
record InfoDict(
        InfoHash hash,
        ByteBuffer raw,
        Layout layout,
        @Nullable BString v1Hashes,
        boolean isPrivate,
        Optional<String> source) {

    /** Names, files and pieces. */
    record Layout(
            String name, String rawName, List<FileEntry> files, boolean single, PieceMap pieces) {}

    byte[] v1Hash(int piece) {
        if (v1Hashes == null) {
            throw new IllegalStateException(
                    "torrent " + hash.shortHex() + " has no v1 piece hashes");
        }
        if (piece < 0 || piece >= layout.pieces().pieceCount()) {
            throw new IndexOutOfBoundsException(
                    "piece " + piece + ", torrent has " + layout.pieces().pieceCount());
        }
        byte[] copy = new byte[InfoHash.V1_BYTES];
        v1Hashes.buffer().get(piece * InfoHash.V1_BYTES, copy);
        return copy;
    }
}
