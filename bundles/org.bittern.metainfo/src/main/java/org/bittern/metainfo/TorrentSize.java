package org.bittern.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bittern.metainfo.TorrentPlan.PlannedFile;

/**
 * How long the torrent file of a plan will be, so that nobody hashes for hours what nobody could
 * read then. Counts what {@link TorrentBuilder} writes, and leaves room for what it is told besides
 * the plan. One thread.
 */
final class TorrentSize {
    /** Trackers, comment and all else that does not grow with the content. */
    private static final int REST_BYTES = 16_384;

    private static final int LENGTH_KEY = text("length".length());
    private static final int PATH_KEY = text("path".length());
    private static final int ATTRIBUTE = text("attr".length()) + text(1);
    private static final int ROOT = text("pieces root".length()) + text(MerkleTree.HASH);
    private static final int FRAME = 2; // of a list or dictionary: its letter, and the end

    private final TorrentPlan plan;

    private TorrentSize(TorrentPlan plan) {
        this.plan = plan;
    }

    /** Bytes of the torrent file at most. */
    static long atMost(TorrentPlan plan) {
        TorrentSize size = new TorrentSize(plan);
        return REST_BYTES
                + (plan.version().hasV1() ? size.v1() : 0)
                + (plan.version().hasV2() ? size.v2() : 0);
    }

    private long v1() {
        long bytes = 0;
        long length = 0;
        for (int i = 0; i < plan.files().size(); i++) {
            PlannedFile file = plan.files().get(i);
            int pad = plan.padAfter(i);
            length += file.length() + pad;
            bytes += FRAME + properties(file) + PATH_KEY + path(file.path());
            if (pad > 0) {
                List<String> path = List.of(".pad", Integer.toString(pad));
                bytes += FRAME + ATTRIBUTE + LENGTH_KEY + integer(pad) + PATH_KEY + path(path);
            }
        }
        return bytes + text(pieces(length) * InfoHash.V1_BYTES);
    }

    private long v2() {
        long bytes = 0;
        List<String> before = List.of();
        for (PlannedFile file : plan.files()) {
            bytes += names(before, file.path()) + FRAME + text(0) + FRAME + properties(file);
            if (file.length() > 0) {
                bytes += ROOT;
            }
            if (file.length() > plan.pieceLength()) {
                bytes += text(MerkleTree.HASH) + text(pieces(file.length()) * MerkleTree.HASH);
            }
            before = file.path();
        }
        return bytes;
    }

    private long pieces(long length) {
        return (length + plan.pieceLength() - 1) / plan.pieceLength();
    }

    private static int properties(PlannedFile file) {
        return LENGTH_KEY + integer(file.length()) + (file.executable() ? ATTRIBUTE : 0);
    }

    private static int path(List<String> path) {
        int bytes = FRAME;
        for (String element : path) {
            bytes += text(element);
        }
        return bytes;
    }

    /** The name of a file, and of those of its directories that the file before was not in. */
    private static int names(List<String> before, List<String> path) {
        int shared = 0;
        while (shared < Math.min(before.size(), path.size())
                && before.get(shared).equals(path.get(shared))) {
            shared++;
        }
        int bytes = 0;
        for (int i = shared; i < path.size(); i++) {
            bytes += text(path.get(i)) + (i < path.size() - 1 ? FRAME : 0);
        }
        return bytes;
    }

    private static int text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8).length);
    }

    private static int text(int bytes) {
        return (int) text((long) bytes);
    }

    /** Bytes of a string with its length in front of it. */
    private static long text(long bytes) {
        return digits(bytes) + 1 + bytes;
    }

    private static int integer(long value) {
        return FRAME + digits(value);
    }

    private static int digits(long value) {
        return Long.toString(value).length();
    }
}
