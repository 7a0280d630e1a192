package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Where each byte of each piece lies in which file. Pieces cut one address space into equal
 * lengths; files lie in it one after the other (v1, and hybrid, where padding files move the next
 * file to the begin of a piece, BEP 47), or each at the begin of a piece of its own (v2 only, BEP
 * 52). In the latter case the rest of a file's last piece is padding that exists nowhere, but may
 * be asked for by peers that count whole pieces. Immutable; a look-up is a binary search.
 */
public final class PieceMap {
    /** Bytes of a block, the unit of requests (BEP 3). */
    public static final int BLOCK = 16_384;

    /** The file number in spans of padding that belongs to no file. */
    public static final int NO_FILE = -1;

    private final int pieceLength;
    private final int pieceCount;
    private final long totalLength;
    private final long dataLength;
    private final boolean aligned;
    private final long[] offsets;
    private final long[] lengths;
    private final boolean[] pads;
    private final int[] full; // files that are not empty, in order
    private final long[] ends; // end of each of them in the address space

    private PieceMap(int pieceLength, long[] lengths, boolean[] pads, boolean aligned) {
        this.pieceLength = pieceLength;
        this.aligned = aligned;
        this.lengths = lengths;
        this.pads = pads;
        offsets = new long[lengths.length];
        full = new int[lengths.length - emptyAmong(lengths)];
        ends = new long[full.length];
        long position = 0;
        long data = 0;
        int next = 0;
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] > 0) {
                if (aligned) {
                    position = roundUp(position, pieceLength);
                }
                ends[next] = Math.addExact(position, lengths[i]);
                full[next++] = i;
                data += pads[i] ? 0 : lengths[i];
            }
            offsets[i] = position;
            position += lengths[i];
        }
        totalLength = position;
        dataLength = data;
        pieceCount = Math.toIntExact(roundUp(position, pieceLength) / pieceLength);
    }

    private static int emptyAmong(long[] lengths) {
        return (int) Arrays.stream(lengths).filter(length -> length == 0).count();
    }

    private static long roundUp(long value, int unit) {
        return Math.addExact(value, unit - 1L) / unit * unit;
    }

    /**
     * Files one after the other: v1 and hybrid torrents.
     *
     * @param pieceLength bytes, at least 1
     * @param lengths bytes of each file, 0 or more, padding files too
     * @param pads which of them are padding; as many as {@code lengths}
     * @throws ArithmeticException if the whole has more than 2^31 - 1 pieces
     */
    public static PieceMap contiguous(int pieceLength, long[] lengths, boolean[] pads) {
        return new PieceMap(
                pieceLength, checked(pieceLength, lengths), padsFor(lengths, pads), false);
    }

    /**
     * Each file at the begin of a piece: v2-only torrents.
     *
     * @param pieceLength bytes, at least 1
     * @param lengths bytes of each file, 0 or more
     * @throws ArithmeticException if the whole has more than 2^31 - 1 pieces
     */
    public static PieceMap aligned(int pieceLength, long[] lengths) {
        return new PieceMap(
                pieceLength, checked(pieceLength, lengths), new boolean[lengths.length], true);
    }

    private static long[] checked(int pieceLength, long[] lengths) {
        if (pieceLength < 1) {
            throw new IllegalArgumentException("piece length " + pieceLength);
        }
        for (long length : lengths) {
            if (length < 0) {
                throw new IllegalArgumentException("file length " + length);
            }
        }
        return lengths.clone();
    }

    private static boolean[] padsFor(long[] lengths, boolean[] pads) {
        if (pads.length != lengths.length) {
            throw new IllegalArgumentException(
                    "%d lengths, %d pad marks".formatted(lengths.length, pads.length));
        }
        return pads.clone();
    }

    /** Number of pieces. */
    public int pieceCount() {
        return pieceCount;
    }

    /** Bytes of every piece but the last (v1, hybrid) or each file's last (v2). */
    public int pieceLength() {
        return pieceLength;
    }

    /** Bytes from the begin of the first piece to the end of the last file, padding included. */
    public long totalLength() {
        return totalLength;
    }

    /** Bytes of all files that are not padding. */
    public long dataLength() {
        return dataLength;
    }

    /** Number of files, padding files included. */
    public int fileCount() {
        return lengths.length;
    }

    /** Where {@code file} starts in the address space, in bytes. */
    public long fileOffset(int file) {
        return offsets[file];
    }

    /** Bytes of {@code file}. */
    public long fileLength(int file) {
        return lengths[file];
    }

    /** Whether {@code file} is padding: zeros, never stored (BEP 47). */
    public boolean isPad(int file) {
        return pads[file];
    }

    /** Bytes of {@code piece} that are hashed and transferred, 1 to {@link #pieceLength()}. */
    public int lengthOf(int piece) {
        check(piece);
        long begin = (long) piece * pieceLength;
        long end = aligned ? ends[fullAt(begin)] : totalLength;
        return (int) Math.min(pieceLength, end - begin);
    }

    /**
     * Bytes of {@code piece} that a peer may ask for. In v2-only torrents peers may count the
     * padding to the end of the piece (libtorrent does), elsewhere it is {@link #lengthOf}.
     */
    public int requestableLength(int piece) {
        int length = lengthOf(piece);
        return aligned ? pieceLength : length;
    }

    /** Number of blocks of {@code piece}, at least 1. */
    public int blocksIn(int piece) {
        return (lengthOf(piece) + BLOCK - 1) / BLOCK;
    }

    /** Bytes of a block: 16384, less for the last of a piece. */
    public int blockLength(int piece, int block) {
        int begin = Math.multiplyExact(block, BLOCK);
        int length = lengthOf(piece);
        if (block < 0 || begin >= length) {
            throw new IndexOutOfBoundsException(
                    "block " + block + " of piece " + piece + ", it has " + blocksIn(piece));
        }
        return Math.min(BLOCK, length - begin);
    }

    /**
     * The first piece that holds bytes of {@code file}; for an empty file the piece at its offset.
     */
    public int firstPiece(int file) {
        return (int) (offsets[file] / pieceLength);
    }

    /**
     * The last piece that holds bytes of {@code file}; {@code firstPiece(file) - 1} for an empty
     * file.
     */
    public int lastPiece(int file) {
        return lengths[file] == 0
                ? firstPiece(file) - 1
                : (int) ((offsets[file] + lengths[file] - 1) / pieceLength);
    }

    /**
     * The piece that holds the byte at {@code offset} of {@code file}, which is from 0 to the
     * file's length - 1.
     */
    public int pieceAt(int file, long offset) {
        if (offset < 0 || offset >= lengths[file]) {
            throw new IndexOutOfBoundsException(
                    "byte %d of file %d, it has %d".formatted(offset, file, lengths[file]));
        }
        return (int) ((offsets[file] + offset) / pieceLength);
    }

    /** The file that holds the first byte of {@code piece}; it may be padding. */
    public int fileAt(int piece) {
        check(piece);
        return full[fullAt((long) piece * pieceLength)];
    }

    /**
     * Bytes of the file {@link #fileAt} that lie in {@code piece}: in torrents with a v2 part all
     * of the piece but padding (BEP 52).
     */
    public int fileBytesIn(int piece) {
        int file = fileAt(piece);
        long within = (long) piece * pieceLength - offsets[file];
        return (int) Math.min(pieceLength, lengths[file] - within);
    }

    /**
     * Part of a piece as one file has it; {@code file} is {@link #NO_FILE} for padding without a
     * file.
     */
    public record Span(int file, long fileOffset, int length, boolean pad) {}

    /** Told of the parts of a piece in order. */
    @FunctionalInterface
    public interface SpanVisitor {
        /** As the components of {@link Span}. */
        void span(int file, long fileOffset, int length, boolean pad);
    }

    /**
     * The parts of a piece in order; their lengths add up to {@code length}. Empty files have no
     * part.
     *
     * @param begin offset in the piece in bytes
     * @param length bytes; {@code begin + length} is at most {@link #requestableLength}
     * @throws IndexOutOfBoundsException if the range is not inside the piece
     */
    public List<Span> spans(int piece, int begin, int length) {
        List<Span> spans = new ArrayList<>(2);
        forEachSpan(
                piece,
                begin,
                length,
                (file, offset, bytes, pad) -> spans.add(new Span(file, offset, bytes, pad)));
        return spans;
    }

    /** As {@link #spans}, without a list. */
    public void forEachSpan(int piece, int begin, int length, SpanVisitor visitor) {
        check(piece);
        if (begin < 0 || length < 0 || begin > requestableLength(piece) - length) {
            throw new IndexOutOfBoundsException(
                    "bytes %d+%d of piece %d, it has %d"
                            .formatted(begin, length, piece, requestableLength(piece)));
        }
        long position = (long) piece * pieceLength + begin;
        long end = position + length;
        for (int i = fullAt(position); position < end; i++) {
            if (i == full.length || offsets[full[i]] > position) {
                visitor.span(NO_FILE, 0, (int) (end - position), true); // v2: the rest of the piece
                return;
            }
            int file = full[i];
            int part = (int) (Math.min(end, ends[i]) - position);
            visitor.span(file, position - offsets[file], part, pads[file]);
            position += part;
        }
    }

    /**
     * The blocks of a piece that are nothing but padding files: zeros, which nobody needs to send
     * (BEP 47).
     *
     * @return numbers of blocks; a copy
     */
    public BitSet paddingIn(int piece) {
        check(piece);
        BitSet padding = new BitSet(0);
        if (aligned || dataLength == totalLength) {
            return padding;
        }
        int length = lengthOf(piece);
        int position = 0;
        int dataEnd = 0;
        for (Span span : spans(piece, 0, length)) {
            position += span.length();
            if (!span.pad()) {
                dataEnd = position;
                continue;
            }
            int first = (dataEnd + BLOCK - 1) / BLOCK;
            int end = position == length ? blocksIn(piece) : position / BLOCK;
            if (first < end) {
                padding.set(first, end);
            }
        }
        return padding;
    }

    /** The place in {@code full} of the first file that ends after {@code position}. */
    private int fullAt(long position) {
        int found = Arrays.binarySearch(ends, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private void check(int piece) {
        if (piece < 0 || piece >= pieceCount) {
            throw new IndexOutOfBoundsException("piece " + piece + ", torrent has " + pieceCount);
        }
    }
}
