package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More pieces under way than are remembered: small ones, and a disk that is behind. */
@Timeout(60)
class ManyPiecesTest {
    private static final int HALF = Rig.BLOCK / 2;

    @TempDir Path directory;

    @Test
    void pieceIsJudgedAfterItsBlocksWhenAllOthersAreBusy() {
        int last = Lanes.MOST;
        Sample sample = Sample.ofFile((last + 1) * Rig.BLOCK, Rig.BLOCK, TorrentVersion.V1, 71);
        // Time stands still: blocks wait for neighbours until something else is asked of a piece.
        try (Rig rig = new Rig(new LocalVolume(), new FileStores.Limits(2, 16), () -> 0)) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            CompletableFuture<DiskResult<Boolean>> verdict =
                    rig.start(done -> {
                        for (int piece = 0; piece < last; piece++) {
                            store.write(piece, 0, rig.buffer(new byte[1]), _ -> {});
                        }
                        for (int begin = 0; begin < Rig.BLOCK; begin += HALF) {
                            byte[] bytes = sample.bytes(last, begin, HALF);
                            store.write(last, begin, rig.buffer(bytes), _ -> {});
                        }
                        store.verify(last, done);
                    });
            assertThat(Rig.await(verdict)).isEqualTo(new DiskResult.Ok<>(true));
            rig.done(store::close);
        }
    }
}
