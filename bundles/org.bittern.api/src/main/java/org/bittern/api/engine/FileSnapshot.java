package org.bittern.api.engine;

import java.nio.file.Path;

/**
 * A file of a torrent at one moment.
 *
 * @param index position in the torrent
 * @param path elements joined by '/', as on disk below the save directory when it is complete
 * @param location where its bytes are at this moment, once there are any
 * @param verifiedBytes of it in verified pieces
 * @param firstPiece first piece with bytes of it
 * @param lastPiece last piece with bytes of it; less than firstPiece when the file is empty
 * @param padding a padding file (BEP 47): never on disk
 */
public record FileSnapshot(
        int index,
        String path,
        Path location,
        long lengthBytes,
        long verifiedBytes,
        Priority priority,
        int firstPiece,
        int lastPiece,
        boolean padding) {}
