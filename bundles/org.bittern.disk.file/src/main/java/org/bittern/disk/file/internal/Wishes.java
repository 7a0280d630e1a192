package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.PieceMap.Span;

/**
 * Makes files appear and go as they become wanted and unwanted. What pieces of unwanted files share
 * with wanted ones lies in the part file. Bulk threads only, under the layout's write lock, which
 * {@link Housekeeping} takes.
 *
 * <p>A file whose first bytes come from the part file gets its name last: until then a failure or a
 * crash leaves them there, and the file unmade.
 */
final class Wishes {
    private static final String SUFFIX = ".coming";

    private final FileLayout layout;
    private final PieceMap pieces;
    private final Volume volume;
    private final ThreadLocal<ByteBuffer> scratch;
    private final Set<Path> named = new LinkedHashSet<>(); // directories that are to be forced

    Wishes(FileLayout layout, ThreadLocal<ByteBuffer> scratch) {
        this.layout = layout;
        this.scratch = scratch;
        pieces = layout.pieces;
        volume = layout.volume;
    }

    /** Whether the part file has something of the file. */
    boolean hasParts(FileSlot slot) {
        return slot.length > 0
                && Arrays.stream(layout.parts.pieces())
                        .anyMatch(piece -> reachesInto(piece, slot.index));
    }

    private boolean reachesInto(int piece, int file) {
        return piece >= pieces.firstPiece(file) && piece <= pieces.lastPiece(file);
    }

    private void make(FileSlot slot) throws IOException {
        OpenFile made = layout.openFiles.acquire(slot, true);
        layout.openFiles.release(made);
    }

    /** Makes a place for a file that is wanted; brings its bytes from the part file. */
    void appear(FileSlot slot) throws IOException {
        if (slot.present) {
            return;
        }
        layout.checkParents(layout.directory(), slot.path, true);
        if (slot.length == 0) {
            make(slot);
        }
        if (slot.inPart) {
            slot.unfinished = !layout.finishing.hasStrangeParts(slot);
            if (hasParts(slot)) {
                bring(slot);
            }
            slot.inPart = false;
            layout.finishing.cutIfFinished(slot);
            layout.finishing.reveal(slot);
        }
    }

    /** Frees what no unwanted file needs any more in the part file. */
    void freeUnusedParts() throws IOException {
        for (Path directory : named) {
            if (volume.entry(directory).isPresent()) {
                volume.forceDirectory(directory);
            }
        }
        named.clear();
        for (int piece : layout.parts.pieces()) {
            if (!reachesIntoParts(piece)) {
                layout.parts.free(piece);
            }
        }
    }

    /** Makes a file of what the part file has of it. */
    private void bring(FileSlot slot) throws IOException {
        Path name = layout.pathOf(slot);
        if (volume.entry(name).isPresent()) {
            throw new FileAlreadyExistsException(name.toString(), null, "exists already");
        }
        Coming coming = new Coming(temporary(slot));
        layout.deleteQuietly(coming.path); // left behind by a crash
        long bytes;
        try {
            bytes = fill(slot, coming);
            layout.openFiles.retire(coming);
            if (slot.executable) {
                volume.executable(coming.path);
            }
            volume.rename(coming.path, name);
        } catch (IOException e) {
            layout.openFiles.retire(coming);
            layout.deleteQuietly(coming.path);
            throw e;
        }
        slot.present = true;
        slot.inPart = false;
        slot.fresh = true;
        slot.dirty = true;
        slot.written(0, bytes);
        for (int depth = slot.path.size() - 1; depth >= 0; depth--) {
            named.add(FileLayout.pathOf(layout.directory(), slot.path.subList(0, depth)));
        }
    }

    private Path temporary(FileSlot slot) {
        return layout.temporary(slot, SUFFIX);
    }

    /** Copies from the part file and makes it last, before that forgets it; returns the length. */
    private long fill(FileSlot slot, Coming coming) throws IOException {
        OpenFile target = layout.openFiles.acquire(coming, true);
        try {
            for (int piece : layout.parts.pieces()) {
                if (reachesInto(piece, slot.index)) {
                    copyFromParts(slot, piece, target);
                }
            }
            target.file.force();
            return target.knownSize();
        } finally {
            layout.openFiles.release(target);
        }
    }

    private void copyFromParts(FileSlot slot, int piece, OpenFile target) throws IOException {
        int begin = 0;
        for (Span span : pieces.spans(piece, 0, pieces.lengthOf(piece))) {
            if (span.file() == slot.index) {
                copy(piece, begin, span, target);
            }
            begin += span.length();
        }
    }

    /** Deletes what a crash left of files that were about to appear. */
    void cleanUp() {
        for (int piece : layout.parts.pieces()) {
            for (Span span : pieces.spans(piece, 0, pieces.lengthOf(piece))) {
                if (!span.pad()) {
                    FileSlot slot = layout.slot(span.file());
                    layout.deleteQuietly(temporary(slot));
                }
            }
        }
    }

    /** A file before it has its name. */
    private final class Coming extends Place {
        private final Path path;

        Coming(Path path) {
            this.path = path;
        }

        @Override
        VolumeFile open(boolean writable) throws IOException {
            return volume.open(path, Access.CREATE);
        }
    }

    private void copy(int piece, int begin, Span span, OpenFile target) throws IOException {
        ByteBuffer buffer = scratch.get();
        FileSlot slot = layout.slot(span.file());
        if (span.fileOffset() + span.length() == slot.length) {
            layout.finishing.lengthen(slot, target);
        }
        for (int done = 0; done < span.length(); ) {
            buffer.clear().limit(Math.min(buffer.capacity(), span.length() - done));
            int read = layout.parts.read(piece, begin + done, buffer);
            if (read < 0) {
                return; // never written up to here
            }
            writeAll(target, buffer.flip(), span.fileOffset() + done);
            done += read;
        }
    }

    static void writeAll(OpenFile target, ByteBuffer bytes, long position) throws IOException {
        ByteBuffer[] one = {bytes};
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            long at = position + bytes.position() - start;
            if (target.file.write(one, 0, 1, at) <= 0) {
                throw new IOException("the file takes no bytes");
            }
        }
        target.grownTo(position + bytes.limit() - start);
    }

    /** A file that is no longer wanted stays when it has data; a merely reserved one goes. */
    void disappear(FileSlot slot) throws IOException {
        if (slot.present && !slot.holdsData) {
            layout.openFiles.retire(slot);
            if (layout.entry(slot).isPresent()) {
                volume.delete(layout.pathOf(slot));
            }
            slot.present = false;
            slot.dirty = false;
            slot.fresh = false;
            slot.unfinished = true;
            layout.pruneParents(layout.directory(), slot.path);
        }
        slot.inPart = !slot.present;
    }

    private boolean reachesIntoParts(int piece) {
        return pieces.spans(piece, 0, pieces.lengthOf(piece)).stream()
                .anyMatch(span -> !span.pad() && layout.slot(span.file()).inPart);
    }
}
