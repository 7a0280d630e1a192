package org.bittern.engine.internal;

import java.util.List;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.jspecify.annotations.Nullable;

/**
 * Compares the files of a torrent with what an earlier run knew of them: which pieces must be
 * hashed before they are believed. Owned by the torrent's loop, used once.
 *
 * <p>After an orderly stop a file of the same length and time has not changed. After a crash times
 * say nothing, since files were written after the last note; there pieces that were not noted may
 * well be there, and those that were are believed after a sample of them proved good.
 */
final class Inspection {
    /** Pieces that are looked at after a crash, at most. */
    static final int SAMPLE = 64;

    private final Content content;
    private final PieceMap map;
    private final Places places;
    private final RandomGenerator random;

    Inspection(Content content, Places places, RandomGenerator random) {
        this.random = random;
        this.content = content;
        this.map = content.map();
        this.places = places;
    }

    /** Whether any file has bytes. */
    static boolean anything(List<FileStat> stats) {
        for (FileStat stat : stats) {
            if (stat.exists() && stat.lengthBytes() > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Which file is gone that has verified pieces, or that all files are gone; null when it is
     * neither.
     */
    @Nullable String missing(List<FileStat> before, List<FileStat> stats) {
        for (int file = 0; file < map.fileCount(); file++) {
            boolean was = before.isEmpty() || before.get(file).exists();
            boolean had = was ? claimed(file) : claimedAlone(file);
            if (had && !stats.get(file).exists() && !map.isPad(file) && wanted(file)) {
                List<String> path = places.pathOf(content.metainfo().files().get(file));
                return "%s is gone; put it back, or check the torrent to download it again"
                        .formatted(String.join("/", path));
            }
        }
        if (anything(before) && !anything(stats)) {
            return "the files in %s are gone; put them back, or check the torrent to download again"
                    .formatted(places.directory());
        }
        return null;
    }

    /** A skipped file may lie in the part file, where nobody sees it. */
    private boolean wanted(int file) {
        return content.filePriorities().get(file) != Priority.SKIP;
    }

    private boolean claimed(int file) {
        int piece = content.verified().nextSet(map.firstPiece(file));
        return map.fileLength(file) > 0 && piece >= 0 && piece <= map.lastPiece(file);
    }

    /**
     * Has a verified piece that it shares with no other file. A file that was left out has its part
     * of a shared one in the part file, and was never made.
     */
    private boolean claimedAlone(int file) {
        long length = map.pieceLength();
        long begin = map.fileOffset(file);
        long first = Math.ceilDiv(begin, length);
        if (first >= map.pieceCount()) {
            return false;
        }
        int piece = content.verified().nextSet((int) first);
        return piece >= 0 && (piece + 1) * length <= begin + map.fileLength(file);
    }

    /** The pieces that must be hashed. */
    Bitfield suspects(List<FileStat> before, List<FileStat> now, boolean afterCrash) {
        Bitfield suspects = new Bitfield(map.pieceCount());
        for (int file = 0; file < map.fileCount(); file++) {
            if (map.isPad(file) || map.fileLength(file) == 0) {
                continue;
            }
            if (afterCrash) {
                addUnclaimed(suspects, file, now.get(file));
            } else if (!before.get(file).equals(now.get(file))) {
                addAll(suspects, file);
            }
            addCutOff(suspects, file, now.get(file));
        }
        if (afterCrash) {
            addSample(suspects);
        }
        return suspects;
    }

    /** Claimed pieces that are not there, as their file is too short. */
    Bitfield cutOff(List<FileStat> now) {
        Bitfield suspects = new Bitfield(map.pieceCount());
        for (int file = 0; file < map.fileCount(); file++) {
            if (!map.isPad(file) && map.fileLength(file) > 0) {
                addCutOff(suspects, file, now.get(file));
            }
        }
        return suspects;
    }

    private void addAll(Bitfield suspects, int file) {
        for (int piece = map.firstPiece(file); piece <= map.lastPiece(file); piece++) {
            suspects.set(piece);
        }
    }

    private void addUnclaimed(Bitfield suspects, int file, FileStat stat) {
        for (int piece = map.firstPiece(file); piece <= map.lastPiece(file); piece++) {
            long begin = (long) piece * map.pieceLength() - map.fileOffset(file);
            if (!content.verified().get(piece) && stat.lengthBytes() > Math.max(0, begin)) {
                suspects.set(piece);
            }
        }
    }

    /** Claimed pieces behind the end of a file that is too short. */
    private void addCutOff(Bitfield suspects, int file, FileStat stat) {
        if (!wanted(file) || stat.lengthBytes() >= map.fileLength(file)) {
            return;
        }
        for (int piece = map.firstPiece(file); piece <= map.lastPiece(file); piece++) {
            long end = ((long) piece + 1) * map.pieceLength() - map.fileOffset(file);
            if (content.verified().get(piece)
                    && Math.min(end, map.fileLength(file)) > stat.lengthBytes()) {
                suspects.set(piece);
            }
        }
    }

    /** Adds some of the claimed pieces. */
    private void addSample(Bitfield suspects) {
        int claimed = content.verified().cardinality();
        for (int i = 0; i < Math.min(SAMPLE, claimed); i++) {
            int piece = content.verified().nextSet(random.nextInt(map.pieceCount()));
            suspects.set(piece >= 0 ? piece : content.verified().nextSet(0));
        }
    }
}
