package org.bittern.webseed.internal;

import java.util.ArrayList;
import java.util.List;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.peer.PeerMessage.Request;

/**
 * Blocks that follow each other in the torrent, and so in its files: one HTTP request a file brings
 * them all. The list belongs to one thread after the other.
 *
 * @param blocks at least one
 */
record Run(List<Request> blocks) {
    /**
     * Bytes of one run: what must be thrown away at most when its blocks are not wanted any more.
     */
    static final long MAX_BYTES = 4 << 20;

    /**
     * Takes the first run out of waiting requests.
     *
     * @param waiting in the order in which they were made; loses what the run has
     */
    static Run next(PieceMap map, List<Request> waiting) {
        List<Request> blocks = new ArrayList<>();
        Request last = waiting.removeFirst();
        blocks.add(last);
        long bytes = last.length();
        for (int i = 0; i < waiting.size() && bytes < MAX_BYTES; ) {
            Request candidate = waiting.get(i);
            if (begin(map, candidate) == begin(map, last) + last.length()) {
                waiting.remove(i);
                blocks.add(candidate);
                bytes += candidate.length();
                last = candidate;
                i = 0; // pieces may have been asked for in another order
            } else {
                i++;
            }
        }
        return new Run(blocks);
    }

    private static long begin(PieceMap map, Request block) {
        return (long) block.piece() * map.pieceLength() + block.begin();
    }

    /** The parts of files that hold the blocks, in order. */
    List<Part> parts(PieceMap map) {
        List<Part> parts = new ArrayList<>();
        for (Request block : blocks) {
            map.forEachSpan(
                    block.piece(),
                    block.begin(),
                    block.length(),
                    (file, offset, length, pad) -> add(parts, new Part(file, offset, length, pad)));
        }
        return parts;
    }

    private static void add(List<Part> parts, Part part) {
        Part last = parts.isEmpty() ? null : parts.getLast();
        if (last != null && last.file == part.file && last.end() == part.offset) {
            parts.set(
                    parts.size() - 1,
                    new Part(last.file, last.offset, last.length + part.length, last.pad));
        } else {
            parts.add(part);
        }
    }

    /**
     * A part of a file.
     *
     * @param pad zeros that are nowhere (BEP 47)
     */
    record Part(int file, long offset, long length, boolean pad) {
        long end() {
            return offset + length;
        }
    }
}
