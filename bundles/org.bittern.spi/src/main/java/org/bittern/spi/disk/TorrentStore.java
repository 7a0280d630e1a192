package org.bittern.spi.disk;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.net.PooledBuffer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The files of one torrent. Every method may be called only on the torrent's loop and returns at
 * once; every callback runs on that loop, later, exactly once, also when the store is closed
 * meanwhile ({@link DiskResult.Kind#CLOSED}).
 *
 * <p>Operations on one piece take effect in the order of the calls.
 */
@ProviderType
public interface TorrentStore {

    /**
     * Tells what an earlier run found out; before {@link #prepare}.
     *
     * @param verified pieces that are good; copied
     */
    void trust(Bitfield verified);

    /**
     * Makes directories and empty files, reserves space as asked, and says what is there.
     *
     * @param done one per file, in order of their indexes
     */
    void prepare(Consumer<DiskResult<List<FileStat>>> done);

    /** What is there now, without touching anything. */
    void stat(Consumer<DiskResult<List<FileStat>>> done);

    /**
     * Writes a block. Takes over the reference of {@code data}.
     *
     * @param data position 0, limit = length of the block
     * @param done the block is in the file: it can be read back, and survives the end of the
     *     process
     */
    void write(int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done);

    /**
     * Says whether a piece is good, once every block of it was given to {@link #write}. Hashed from
     * memory where possible; answered only after the piece is in its files.
     *
     * @param verdict true when it matches (v1: SHA-1; v2: the piece layer; hybrid: both)
     */
    void verify(int piece, Consumer<DiskResult<Boolean>> verdict);

    /**
     * SHA-1 of each block of a piece as it is in the files: for finding out who sent a bad block.
     *
     * @param digests 20 bytes per block
     */
    void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests);

    /**
     * SHA-256 of each block of a piece as it is in the files, without padding: the leaves of the
     * file's hash tree below the piece (BEP 52). Only for torrents with a v2 part, where a piece
     * belongs to one file.
     *
     * @param leaves 32 bytes per block that has bytes of the file, one after the other
     */
    void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves);

    /**
     * Reads a block.
     *
     * @param zeroCopy file regions are welcome; they are handed out only when they are in the page
     *     cache, so that the loop does not wait for a disk
     */
    void read(
            int piece,
            int begin,
            int length,
            boolean zeroCopy,
            Consumer<DiskResult<BlockSource>> block);

    /**
     * Hashes pieces as they are in the files. Missing files are not an error: their pieces are bad.
     *
     * @param pieces which ones; copied
     * @param progress after each piece: number and whether it is good
     * @param done the good ones among them
     * @return ends the check early; {@code done} then gets what was found so far
     */
    Cancellation check(Bitfield pieces, PieceChecked progress, Consumer<DiskResult<Bitfield>> done);

    /**
     * Changes which files are wanted; moves data between the part file and files that became
     * wanted.
     *
     * @param priorities one per file
     */
    void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done);

    /**
     * Moves all files, also across file systems; reads and writes go on meanwhile. What a crash in
     * the middle leaves is put in order by {@link #settle}.
     *
     * @param done nothing is lost when it fails: files are at the old place. {@link
     *     DiskResult.Kind#CLOSED} when it was cancelled or the store is closed
     * @return ends the move; too late is no error
     */
    Cancellation move(Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done);

    /**
     * As {@link #move}, but a directory that is missing is not made, for its disk may not be
     * mounted: then the move fails.
     */
    default Cancellation moveInto(
            Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        return move(directory, progress, done); // of a store without directories
    }

    /**
     * Ends or takes back a move that a crash interrupted; before {@link #prepare}. Changes nothing
     * when there was none.
     *
     * @param directory where the files were to go
     * @param moved true: they are there, and the store works there; false: all are at the old place
     */
    void settle(Path directory, Consumer<DiskResult<Boolean>> moved);

    /**
     * Renames a file, or a folder with all that is in it: at once or not at all.
     *
     * @param path elements below the directory, as they are now
     * @param name the new last element
     * @param again it may have been done by a run that ended in the middle
     */
    void rename(List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done);

    /** Where the bytes of a file are at this moment, or will be. Any thread. */
    Path location(int file);

    /** Makes everything written so far survive a loss of power (fsync). */
    void sync(Consumer<DiskResult<Void>> done);

    /**
     * Closes, then deletes the files of the torrent and the directories made for them, no others.
     */
    void delete(Consumer<DiskResult<Void>> done);

    /** Finishes what was asked for, then closes all files. Idempotent. */
    void close(Consumer<DiskResult<Void>> done);

    /** Gets the outcome of each piece of a check. */
    @FunctionalInterface
    interface PieceChecked {
        void checked(int piece, boolean good);
    }

    /** Gets how far a move is; not for every byte. */
    @FunctionalInterface
    interface MoveProgress {
        void moved(long bytes, long ofBytes);
    }

    /** Ends something early; twice does no harm. */
    @FunctionalInterface
    interface Cancellation {
        void cancel();
    }

    /**
     * A file on disk.
     *
     * @param exists false for padding files, for skipped ones without data and for missing ones
     * @param lengthBytes 0 when it does not exist; of an unfinished file anything but its length in
     *     the torrent, also more
     * @param modifiedMillis last modification, epoch milliseconds, 0 when it does not exist
     */
    record FileStat(boolean exists, long lengthBytes, long modifiedMillis) {}
}
