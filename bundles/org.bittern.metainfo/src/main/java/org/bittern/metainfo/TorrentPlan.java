package org.bittern.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a torrent to be made will hold: files in the order in which their bytes must be hashed, and
 * the cut into pieces. The order is that of a v2 file tree (names by their bytes, element by
 * element), for v1 too, so that the same content gives the same torrent wherever it is made.
 * Immutable.
 */
public final class TorrentPlan {
    private static final int MIN_AUTO_PIECE = 1 << 14;
    private static final int MAX_AUTO_PIECE = 1 << 24;
    private static final int AIMED_PIECES = 1500;

    private final String name;
    private final List<PlannedFile> files;
    private final boolean single;
    private final int pieceLength;
    private final TorrentVersion version;

    /**
     * A file to be.
     *
     * @param path elements below the torrent's directory; empty if the torrent is this one file
     * @param length bytes, 0 or more
     * @param executable whether it shall be marked so (BEP 47)
     */
    public record PlannedFile(List<String> path, long length, boolean executable) {
        public PlannedFile {
            path = List.copyOf(path);
        }
    }

    private TorrentPlan(
            String name,
            List<PlannedFile> files,
            boolean single,
            int pieceLength,
            TorrentVersion version) {
        this.name = name;
        this.files = files;
        this.single = single;
        this.pieceLength = pieceLength;
        this.version = version;
    }

    /**
     * A torrent of one file.
     *
     * @param pieceLength bytes, or 0 to choose one by the size
     * @throws MetainfoException if the file is empty, a value is out of range, or the torrent file
     *     would be too long to be read
     */
    public static TorrentPlan ofFile(
            String name, long length, int pieceLength, TorrentVersion version)
            throws MetainfoException {
        return checked(
                name,
                List.of(new PlannedFile(List.of(), length, false)),
                true,
                pieceLength,
                version);
    }

    /**
     * A torrent of a directory.
     *
     * @param files in any order
     * @param pieceLength bytes, or 0 to choose one by the size
     * @throws MetainfoException if all files are empty, two have the same path, a value is out of
     *     range, or the torrent file would be too long to be read
     */
    public static TorrentPlan ofDirectory(
            String name, List<PlannedFile> files, int pieceLength, TorrentVersion version)
            throws MetainfoException {
        List<PlannedFile> sorted =
                files.stream()
                        .sorted(Comparator.comparing(PlannedFile::path, TorrentPlan::compare))
                        .toList();
        checkPaths(sorted);
        return checked(name, sorted, false, pieceLength, version);
    }

    private static TorrentPlan checked(
            String name,
            List<PlannedFile> files,
            boolean single,
            int pieceLength,
            TorrentVersion version)
            throws MetainfoException {
        checkElement(name);
        long total = 0;
        for (PlannedFile file : files) {
            if (file.length() < 0 || file.length() > MetainfoLimits.MAX_TOTAL_LENGTH - total) {
                throw new MetainfoException(
                        "file of %d bytes; 0 to %d in all are allowed"
                                .formatted(file.length(), MetainfoLimits.MAX_TOTAL_LENGTH));
            }
            total += file.length();
        }
        if (total == 0 || files.size() > MetainfoLimits.MAX_FILES) {
            throw new MetainfoException(
                    "%d files of %d bytes; 1 to %d files and 1 byte at least are needed"
                            .formatted(files.size(), total, MetainfoLimits.MAX_FILES));
        }
        boolean chosen = pieceLength != 0;
        int length = chosen ? pieceLength : autoPieceLength(total, files.size());
        TorrentPlan plan = new TorrentPlan(name, files, single, length, version);
        plan.checkPieces();
        while (!chosen && plan.isTooLong() && length < MetainfoLimits.MAX_PIECE_LENGTH) {
            length *= 2;
            plan = new TorrentPlan(name, files, single, length, version);
        }
        plan.checkLength();
        return plan;
    }

    /** Whether nobody could read the torrent file. */
    private boolean isTooLong() {
        return TorrentSize.atMost(this) > MetainfoLimits.BENCODE.maxBytes();
    }

    private void checkLength() throws MetainfoException {
        if (isTooLong()) {
            throw new MetainfoException(
                    "torrent file of %d bytes with pieces of %d; at most %d are allowed, choose a longer piece or fewer files"
                            .formatted(
                                    TorrentSize.atMost(this),
                                    pieceLength,
                                    MetainfoLimits.BENCODE.maxBytes()));
        }
    }

    private void checkPieces() throws MetainfoException {
        boolean power =
                pieceLength >= MetainfoLimits.MIN_PIECE_LENGTH_V2
                        && pieceLength <= MetainfoLimits.MAX_PIECE_LENGTH
                        && Integer.bitCount(pieceLength) == 1;
        if (!power) {
            throw new MetainfoException(
                    "piece length %d; a power of two from %d to %d is expected"
                            .formatted(
                                    pieceLength,
                                    MetainfoLimits.MIN_PIECE_LENGTH_V2,
                                    MetainfoLimits.MAX_PIECE_LENGTH));
        }
        long pieces = 0;
        for (PlannedFile file : files) {
            pieces += (file.length() + pieceLength - 1) / pieceLength; // an upper bound for v1
        }
        if (pieces > MetainfoLimits.MAX_PIECES) {
            throw new MetainfoException(
                    "%d pieces of %d bytes; at most %d are allowed, choose a longer piece"
                            .formatted(pieces, pieceLength, MetainfoLimits.MAX_PIECES));
        }
    }

    private static void checkPaths(List<PlannedFile> sorted) throws MetainfoException {
        Set<List<String>> seen = new HashSet<>();
        for (PlannedFile file : sorted) {
            if (file.path().isEmpty() || file.path().size() >= MetainfoLimits.MAX_PATH_DEPTH) {
                throw new MetainfoException(
                        "path of %d elements; 1 to %d are allowed"
                                .formatted(file.path().size(), MetainfoLimits.MAX_PATH_DEPTH - 1));
            }
            for (String element : file.path()) {
                checkElement(element);
            }
            if (!seen.add(file.path())) {
                throw new MetainfoException(
                        "two files have the path " + String.join("/", file.path()));
            }
        }
        for (PlannedFile file : sorted) {
            for (int depth = 1; depth < file.path().size(); depth++) {
                if (seen.contains(file.path().subList(0, depth))) {
                    throw new MetainfoException(
                            String.join("/", file.path().subList(0, depth))
                                    + " is a file and a directory");
                }
            }
        }
    }

    private static void checkElement(String element) throws MetainfoException {
        boolean wrong =
                element.isEmpty()
                        || element.equals(".")
                        || element.equals("..")
                        || element.indexOf('/') >= 0
                        || element.indexOf(0) >= 0;
        if (wrong) {
            throw new MetainfoException("\"" + Printable.of(element) + "\" is no file name");
        }
    }

    private static int compare(List<String> left, List<String> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order =
                    Arrays.compareUnsigned(
                            left.get(i).getBytes(StandardCharsets.UTF_8),
                            right.get(i).getBytes(StandardCharsets.UTF_8));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /**
     * About 1500 pieces between 16 KiB and 16 MiB; longer only if there would be too many
     * otherwise.
     */
    static int autoPieceLength(long total, int files) {
        long length = MIN_AUTO_PIECE;
        while (length < MAX_AUTO_PIECE && total / length > AIMED_PIECES) {
            length *= 2;
        }
        while (length < MetainfoLimits.MAX_PIECE_LENGTH
                && total / length + files > MetainfoLimits.MAX_PIECES) {
            length *= 2;
        }
        return (int) length;
    }

    /** The torrent's name. */
    public String name() {
        return name;
    }

    /** The files in the order in which their bytes must be given to a {@link PieceHasher}. */
    public List<PlannedFile> files() {
        return files;
    }

    /** Whether the torrent is one file without a directory around it. */
    public boolean singleFile() {
        return single;
    }

    /** Bytes of a piece. */
    public int pieceLength() {
        return pieceLength;
    }

    /** Which hashes it will have. */
    public TorrentVersion version() {
        return version;
    }

    /** Bytes of all files. */
    public long totalLength() {
        return files.stream().mapToLong(PlannedFile::length).sum();
    }

    /**
     * Bytes of padding after file {@code index}: all files of a hybrid torrent end with a piece
     * (BEP 47). The last need not, but libtorrent pads it too, and the info-hash shall be the same.
     */
    int padAfter(int index) {
        if (version != TorrentVersion.HYBRID || files.size() == 1) {
            return 0;
        }
        return (int) ((pieceLength - files.get(index).length() % pieceLength) % pieceLength);
    }
}
