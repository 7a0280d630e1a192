package org.bittern.disk.file.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of pieces that belong to files nobody wants: a piece that reaches into such a
 * file can be checked and served, and the file still does not appear. One hidden file per torrent.
 *
 * <pre>
 * header, 64 bytes: "BittPart" version(int) pieceLength(int) pieceCount(int), rest 0
 * index, 8 bytes per slot: piece + 1 (int), check (int); all 0 = free
 * data, from the next multiple of 4096: slots of pieceLength bytes; holes where nothing was written
 * </pre>
 *
 * All numbers are big-endian. An entry is written before its data and never spans a sector, so
 * after a crash it is whole or absent; bytes in a slot claim nothing, since every piece is hashed.
 * The monitor makes changes of the index one at a time; only disk threads enter it. Look-ups are
 * free for any thread.
 */
final class PartFile extends Place {
    private static final long MAGIC = 0x4269_7474_5061_7274L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 64;
    private static final int ENTRY_BYTES = 8;
    private static final int ALIGNMENT = 4096;

    private final FileLayout layout;
    private final Map<Integer, Integer> slotOf = new ConcurrentHashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>(1); // mostly empty
    private int slots;
    private boolean loaded;
    private volatile boolean dirty;

    PartFile(FileLayout layout) {
        this.layout = layout;
    }

    Path path() {
        return path(layout.directory());
    }

    Path path(Path directory) {
        return directory.resolve("." + layout.infoHash.hex() + ".parts");
    }

    /** Pieces of which bytes are here. */
    int[] pieces() {
        return slotOf.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** Position of a byte of a piece in this file; -1 when the piece is not here. */
    long position(int piece, int begin) {
        Integer slot = slotOf.get(piece);
        return slot == null ? -1 : positionIn(slot, begin);
    }

    private long positionIn(int slot, int begin) {
        long index = HEADER_BYTES + (long) ENTRY_BYTES * layout.pieces.pieceCount();
        long data = (index + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return data + (long) slot * layout.pieces.pieceLength() + begin;
    }

    @Override
    VolumeFile open(boolean writable) throws IOException {
        if (!writable && layout.volume.entry(path()).isEmpty()) {
            throw new NoSuchFileException(path().toString());
        }
        if (writable && layout.volume.entry(layout.directory()).isEmpty()) {
            throw new NoSuchFileException(layout.directory().toString());
        }
        return layout.volume.open(path(), writable ? Access.CREATE : Access.READ);
    }

    /** Reads the index of a part file of an earlier run, if there is one. */
    synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        Optional<Entry> entry = layout.volume.entry(path());
        if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
            OpenFile open = layout.openFiles.acquire(this, false);
            try {
                readIndex(open.file);
            } finally {
                layout.openFiles.release(open);
            }
        }
        loaded = true;
    }

    private void readIndex(VolumeFile file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        fill(file, header, 0);
        if (header.hasRemaining() || !isOurs(header.flip())) {
            return; // the crash came before its first entry; it is written anew with the next one
        }
        int room = Math.min(layout.pieces.pieceCount(), 1 << 16);
        ByteBuffer entries = ByteBuffer.allocate(room * ENTRY_BYTES);
        int count = layout.pieces.pieceCount();
        for (int first = 0; first < count; first += room) {
            entries.clear();
            fill(file, entries, HEADER_BYTES + (long) first * ENTRY_BYTES);
            entries.flip();
            for (int slot = first; entries.remaining() >= ENTRY_BYTES && slot < count; slot++) {
                enter(slot, entries.getInt(), entries.getInt());
            }
        }
    }

    private boolean isOurs(ByteBuffer header) {
        return header.getLong() == MAGIC
                && header.getInt() == VERSION
                && header.getInt() == layout.pieces.pieceLength()
                && header.getInt() == layout.pieces.pieceCount();
    }

    private void enter(int slot, int number, int check) {
        boolean whole =
                number > 0
                        && number <= layout.pieces.pieceCount()
                        && check == check(slot, number)
                        && slotOf.putIfAbsent(number - 1, slot) == null;
        if (whole) {
            while (slots < slot) {
                free.add(slots++);
            }
            slots = slot + 1;
        }
    }

    private static int check(int slot, int number) {
        return ~number ^ (slot * 0x9E37_79B9);
    }

    private static void fill(VolumeFile file, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            int read = file.read(target, position + target.position());
            if (read < 0) {
                return;
            }
        }
    }

    /**
     * Writes bytes of a piece.
     *
     * @param sources as {@link VolumeFile#write}
     * @return bytes written
     */
    long write(int piece, int begin, ByteBuffer[] sources, int offset, int count)
            throws IOException {
        OpenFile open = layout.openFiles.acquire(this, true);
        try {
            int slot = slotFor(piece, open.file);
            long position = positionIn(slot, begin);
            long written = open.file.write(sources, offset, count, position);
            open.grownTo(position + written);
            return written;
        } finally {
            dirty = true; // after the write: a sync that ended meanwhile has not seen it
            layout.openFiles.release(open);
        }
    }

    private synchronized int slotFor(int piece, VolumeFile file) throws IOException {
        Integer known = slotOf.get(piece);
        if (known != null) {
            return known;
        }
        if (slotOf.isEmpty()) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            header.putLong(MAGIC).putInt(VERSION);
            header.putInt(layout.pieces.pieceLength()).putInt(layout.pieces.pieceCount());
            writeAll(file, header.rewind(), 0);
        }
        @Nullable Integer reused = free.poll();
        int slot = reused != null ? reused : slots++;
        try {
            writeEntry(file, slot, piece + 1);
        } catch (IOException e) {
            free.add(slot);
            throw e;
        }
        slotOf.put(piece, slot);
        return slot;
    }

    private static void writeEntry(VolumeFile file, int slot, int number) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        entry.putInt(number).putInt(number == 0 ? 0 : check(slot, number));
        writeAll(file, entry.flip(), HEADER_BYTES + (long) slot * ENTRY_BYTES);
    }

    private static void writeAll(VolumeFile file, ByteBuffer bytes, long position)
            throws IOException {
        ByteBuffer[] one = {bytes};
        while (bytes.hasRemaining()) {
            long written = file.write(one, 0, 1, position + bytes.position());
            if (written <= 0) {
                throw new EOFException("the part file takes no bytes");
            }
        }
    }

    /** Reads bytes of a piece; those that were never written are zeros or missing at the end. */
    int read(int piece, int begin, ByteBuffer target) throws IOException {
        long position = position(piece, begin);
        if (position < 0) {
            throw new NoSuchFileException(path().toString());
        }
        OpenFile open = layout.openFiles.acquire(this, false);
        try {
            return open.file.read(target, position);
        } finally {
            layout.openFiles.release(open);
        }
    }

    /** Forgets the bytes of a piece; the file goes with the last of them. */
    synchronized void free(int piece) throws IOException {
        Integer slot = slotOf.get(piece);
        if (slot == null) {
            return;
        }
        if (slotOf.size() == 1) {
            delete();
            return;
        }
        OpenFile open = layout.openFiles.acquire(this, true);
        try {
            writeEntry(open.file, slot, 0);
            dirty = true;
        } finally {
            layout.openFiles.release(open);
        }
        slotOf.remove(piece);
        free.add(slot);
    }

    /** Deletes the file. */
    synchronized void delete() throws IOException {
        layout.openFiles.retire(this);
        Optional<Entry> entry = layout.volume.entry(path());
        if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
            layout.volume.delete(path());
        }
        slotOf.clear();
        free.clear();
        slots = 0;
        dirty = false;
    }

    /** Makes what was written survive a loss of power. */
    void force() throws IOException {
        if (!dirty) {
            return;
        }
        dirty = false;
        OpenFile open = layout.openFiles.acquire(this, true);
        try {
            open.file.force();
        } catch (IOException e) {
            dirty = true;
            throw e;
        } finally {
            layout.openFiles.release(open);
        }
    }
}
