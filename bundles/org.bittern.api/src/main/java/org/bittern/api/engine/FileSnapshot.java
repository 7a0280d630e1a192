package org.bittern.api.engine;

/**
 * A file of a torrent at one moment.
 *
 * @param index position in the torrent
 * @param path elements joined by '/', as on disk below the save directory
 * @param verifiedBytes of it in verified pieces
 * @param firstPiece first piece with bytes of it
 * @param lastPiece last piece with bytes of it; less than firstPiece when the file is empty
 * @param padding a padding file (BEP 47): never on disk
 */
public record FileSnapshot(
        int index,
        String path,
        long lengthBytes,
        long verifiedBytes,
        Priority priority,
        int firstPiece,
        int lastPiece,
        boolean padding) {}
