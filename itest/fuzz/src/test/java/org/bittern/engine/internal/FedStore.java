package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Subscription;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/**
 * A disk that answers at once, and remembers nothing. Of what is written every other piece turns
 * out to be bad.
 *
 * @param whole all files are there, and good
 */
record FedStore(BufferPool buffers, boolean whole) implements DiskStore {
    private static final DiskResult<Void> DONE = done();

    @SuppressWarnings("NullAway") // null is the only value of Void
    private static DiskResult<Void> done() {
        return new DiskResult.Ok<>(null);
    }

    @Override
    public TorrentStore open(StoreSpec spec) {
        return new OneTorrent(spec);
    }

    @Override
    public long waitingBytes() {
        return 0;
    }

    @Override
    public void waitingLimit(long bytes) {
        // nothing waits
    }

    @Override
    public boolean congested() {
        return false;
    }

    @Override
    public Subscription onRelief(Runnable relieved) {
        return () -> {};
    }

    /** The files of one torrent. */
    private final class OneTorrent implements TorrentStore {
        private final StoreSpec spec;

        OneTorrent(StoreSpec spec) {
            this.spec = spec;
        }

        private <T> void answer(Consumer<DiskResult<T>> hearer, T value) {
            spec.completions().execute(() -> hearer.accept(new DiskResult.Ok<>(value)));
        }

        private void done(Consumer<DiskResult<Void>> hearer) {
            spec.completions().execute(() -> hearer.accept(DONE));
        }

        private List<FileStat> stats() {
            List<FileEntry> files = spec.metainfo().files();
            return files.stream()
                    .map(file -> new FileStat(whole, whole ? file.length() : 0, whole ? 1 : 0))
                    .toList();
        }

        @Override
        public void trust(Bitfield verified) {
            // nothing follows from it here
        }

        @Override
        public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
            answer(done, stats());
        }

        @Override
        public void stat(Consumer<DiskResult<List<FileStat>>> done) {
            answer(done, stats());
        }

        @Override
        public void write(
                int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
            data.release();
            done(done);
        }

        @Override
        public void verify(int piece, Consumer<DiskResult<Boolean>> verdict) {
            answer(verdict, piece % 2 == 0);
        }

        @Override
        public void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests) {
            int blocks = spec.metainfo().pieces().blocksIn(piece);
            answer(digests, Collections.nCopies(blocks, new byte[20]));
        }

        @Override
        public void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves) {
            int bytes = spec.metainfo().pieces().fileBytesIn(piece);
            int blocks = (bytes + PieceMap.BLOCK - 1) / PieceMap.BLOCK;
            answer(leaves, new byte[blocks * MerkleTree.HASH]);
        }

        @Override
        public void read(
                int piece,
                int begin,
                int length,
                boolean zeroCopy,
                Consumer<DiskResult<BlockSource>> block) {
            answer(block, new BlockSource.Memory(buffers.take(length), length));
        }

        @Override
        public Cancellation check(
                Bitfield pieces, PieceChecked progress, Consumer<DiskResult<Bitfield>> done) {
            answer(done, whole ? pieces.copy() : new Bitfield(pieces.pieceCount()));
            return () -> {};
        }

        @Override
        public void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done) {
            done(done);
        }

        @Override
        public Cancellation move(
                Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
            done(done);
            return () -> {};
        }

        @Override
        public void settle(Path directory, Consumer<DiskResult<Boolean>> moved) {
            answer(moved, false);
        }

        @Override
        public void rename(
                List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done) {
            done(done);
        }

        @Override
        public Path location(int file) {
            return spec.directory().resolve(spec.metainfo().files().get(file).pathText());
        }

        @Override
        public void sync(Consumer<DiskResult<Void>> done) {
            done(done);
        }

        @Override
        public void delete(Consumer<DiskResult<Void>> done) {
            done(done);
        }

        @Override
        public void close(Consumer<DiskResult<Void>> done) {
            done(done);
        }
    }
}
