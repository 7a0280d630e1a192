package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.engine.internal.choice.PiecePicker;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;

/**
 * What a torrent consists of, how much of it is wanted and how much is there. Owned by the
 * torrent's loop. Sums are kept up to date piece by piece, since snapshots need them ten times a
 * second.
 */
final class Content {
    private final Metainfo metainfo;
    private final PieceMap map;
    private final PiecePicker picker;
    private final Priority[] files;
    private Priority[] override = {}; // by piece; empty: follow the files
    private boolean firstAndLast;
    private long wantedBytes;
    private long verifiedBytes;
    private long wantedVerifiedBytes;

    Content(Metainfo metainfo, RandomGenerator random) {
        this.metainfo = metainfo;
        map = metainfo.pieces();
        picker = new PiecePicker(map, random);
        files = new Priority[map.fileCount()];
        Arrays.fill(files, Priority.NORMAL);
        wantedBytes = map.dataLength();
    }

    Metainfo metainfo() {
        return metainfo;
    }

    PieceMap map() {
        return map;
    }

    PiecePicker picker() {
        return picker;
    }

    Bitfield verified() {
        return picker.verified();
    }

    boolean complete() {
        return verified().isComplete();
    }

    /** All that is wanted is verified. */
    boolean finished() {
        return picker.isFinished();
    }

    long totalBytes() {
        return map.dataLength();
    }

    long wantedBytes() {
        return wantedBytes;
    }

    long verifiedBytes() {
        return verifiedBytes;
    }

    /**
     * Bytes that are not there, wanted or not: trackers and the DHT take who lacks nothing for a
     * seed.
     */
    long missingBytes() {
        return totalBytes() - verifiedBytes;
    }

    /** Incomplete, and nothing more is wanted (BEP 21). */
    boolean isPartialSeed() {
        return finished() && !complete();
    }

    long wantedVerifiedBytes() {
        return wantedVerifiedBytes;
    }

    /** Bytes of blocks that are in the files, of pieces that are not verified. */
    long unverifiedBytes() {
        return unverifiedBytes(0, map.pieceCount() - 1);
    }

    private long unverifiedBytes(int first, int last) {
        long[] sum = new long[1];
        picker.forEachPartial((piece, written) -> {
            if (piece >= first && piece <= last) {
                written.stream().forEach(block -> sum[0] += map.blockLength(piece, block));
            }
        });
        return sum[0];
    }

    /**
     * Bytes of some pieces that are in the files, verified or not.
     *
     * @param last inclusive
     */
    long gatheredBytes(int first, int last) {
        long sum = unverifiedBytes(first, last);
        for (int piece = first; piece <= last; piece++) {
            sum += verified().get(piece) ? map.lengthOf(piece) : 0;
        }
        return sum;
    }

    // ---- what is there

    /** Replaces what is known to be there: after a check or from resume data. */
    void reset(Bitfield verified) {
        picker.reset(verified);
        sumUp();
    }

    /**
     * Takes over blocks of an unverified piece that are in the files.
     *
     * @return true when the piece is complete and wants to be verified
     */
    boolean restore(int piece, BitSet blocks) {
        if (piece < 0
                || piece >= map.pieceCount()
                || verified().get(piece)
                || blocks.length() > map.blocksIn(piece)) {
            return false;
        }
        return picker.restore(piece, blocks);
    }

    /** The store lost a block. */
    void blockLost(int piece, int block) {
        picker.writeFailed(piece, block);
    }

    /** A piece is there and good. */
    void verified(int piece) {
        if (!verified().get(piece)) {
            picker.pieceVerified(piece);
            verifiedBytes += dataBytes(piece);
            wantedVerifiedBytes += wantedBytes(piece);
        }
    }

    /** A piece was complete and bad. */
    void failed(int piece) {
        picker.pieceFailed(piece);
    }

    /** A verified piece turned out to be gone or bad. */
    void lost(int piece) {
        if (verified().get(piece)) {
            picker.pieceLost(piece);
            verifiedBytes -= dataBytes(piece);
            wantedVerifiedBytes -= wantedBytes(piece);
        }
    }

    // ---- what is wanted

    List<Priority> filePriorities() {
        return List.of(files);
    }

    List<Priority> piecePriorities() {
        return List.of(override);
    }

    /**
     * Checks a change of file priorities before anything is changed.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    static void check(Metainfo metainfo, Map<Integer, Priority> changes) {
        int count = metainfo.pieces().fileCount();
        for (Integer file : changes.keySet()) {
            if (file < 0 || file >= count) {
                throw new EngineException(
                        EngineException.Code.INVALID_ARGUMENT,
                        "file %d, the torrent has %d files".formatted(file, count));
            }
        }
    }

    /** Changes file priorities, checked before, and follows them from now on. */
    void prioritize(Map<Integer, Priority> changes) {
        changes.forEach((file, priority) -> files[file] = priority);
        override = new Priority[0];
        applyPriorities();
    }

    /**
     * Overrides what follows from the files.
     *
     * @param priorities one per piece, or empty
     * @throws EngineException INVALID_ARGUMENT
     */
    void override(List<Priority> priorities) {
        if (!priorities.isEmpty() && priorities.size() != map.pieceCount()) {
            throw new EngineException(
                    EngineException.Code.INVALID_ARGUMENT,
                    "%d piece priorities, the torrent has %d pieces"
                            .formatted(priorities.size(), map.pieceCount()));
        }
        override = priorities.toArray(Priority[]::new);
        applyPriorities();
    }

    private void applyPriorities() {
        if (override.length > 0) {
            picker.priorities(piece -> override[piece]);
        } else {
            Priority[] pieces = byFiles();
            if (firstAndLast) {
                raiseEnds(pieces);
            }
            picker.priorities(piece -> pieces[piece]);
        }
        sumUp();
    }

    /** First and last piece of each file before the others, or not. */
    void firstAndLastFirst(boolean now) {
        if (firstAndLast != now) {
            firstAndLast = now;
            applyPriorities();
        }
    }

    private void raiseEnds(Priority[] pieces) {
        for (int file = 0; file < files.length; file++) {
            if (!map.isPad(file) && files[file] != Priority.SKIP && map.fileLength(file) > 0) {
                pieces[map.firstPiece(file)] = Priority.HIGH;
                pieces[map.lastPiece(file)] = Priority.HIGH;
            }
        }
    }

    /** Per piece the highest priority of the files in it. */
    private Priority[] byFiles() {
        Priority[] pieces = new Priority[map.pieceCount()];
        Arrays.fill(pieces, Priority.SKIP);
        for (int file = 0; file < files.length; file++) {
            if (map.isPad(file) || files[file] == Priority.SKIP) {
                continue;
            }
            for (int piece = map.firstPiece(file); piece <= map.lastPiece(file); piece++) {
                if (files[file].compareTo(pieces[piece]) > 0) {
                    pieces[piece] = files[file];
                }
            }
        }
        return pieces;
    }

    /** Wanted bytes of pieces that are not verified and that some connected peer has. */
    long desiredAvailableBytes() {
        int[] peers = picker.availability();
        long sum = 0;
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            if (peers[piece] > 0 && !verified().get(piece)) {
                sum += wantedBytes(piece);
            }
        }
        return sum;
    }

    private void sumUp() {
        wantedBytes = 0;
        verifiedBytes = 0;
        wantedVerifiedBytes = 0;
        boolean all = override.length == 0 && allFilesWanted();
        if (all && (complete() || verified().isEmpty())) {
            wantedBytes = map.dataLength();
            verifiedBytes = complete() ? wantedBytes : 0;
            wantedVerifiedBytes = verifiedBytes;
            return;
        }
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            long wanted = wantedBytes(piece);
            wantedBytes += wanted;
            if (verified().get(piece)) {
                verifiedBytes += dataBytes(piece);
                wantedVerifiedBytes += wanted;
            }
        }
    }

    private boolean allFilesWanted() {
        for (Priority priority : files) {
            if (priority == Priority.SKIP) {
                return false;
            }
        }
        return true;
    }

    private long dataBytes(int piece) {
        long[] sum = new long[1];
        map.forEachSpan(
                piece,
                0,
                map.lengthOf(piece),
                (file, offset, length, pad) -> sum[0] += pad ? 0 : length);
        return sum[0];
    }

    private long wantedBytes(int piece) {
        if (override.length > 0) {
            return override[piece] == Priority.SKIP ? 0 : dataBytes(piece);
        }
        long[] sum = new long[1];
        map.forEachSpan(
                piece,
                0,
                map.lengthOf(piece),
                (file, offset, length, pad) ->
                        sum[0] += pad || files[file] == Priority.SKIP ? 0 : length);
        return sum[0];
    }

    // ---- files

    /**
     * All files with their progress.
     *
     * @param open null while the files are closed
     */
    List<FileSnapshot> snapshots(Places places, @Nullable TorrentStore open) {
        List<FileSnapshot> snapshots = new ArrayList<>(files.length);
        for (FileEntry file : metainfo.files()) {
            int index = file.index();
            snapshots.add(
                    new FileSnapshot(
                            index,
                            String.join("/", places.pathOf(file)),
                            places.location(file, open),
                            file.length(),
                            verifiedBytesOf(index),
                            files[index],
                            map.firstPiece(index),
                            map.lastPiece(index),
                            map.isPad(index)));
        }
        return snapshots;
    }

    private long verifiedBytesOf(int file) {
        if (complete()) {
            return map.fileLength(file);
        }
        long begin = map.fileOffset(file);
        long end = begin + map.fileLength(file);
        long sum = 0;
        int last = map.lastPiece(file);
        int piece = verified().nextSet(map.firstPiece(file));
        while (piece >= 0 && piece <= last) {
            long from = (long) piece * map.pieceLength();
            sum += Math.min(end, from + map.pieceLength()) - Math.max(begin, from);
            piece = piece == last ? -1 : verified().nextSet(piece + 1);
        }
        return sum;
    }
}
