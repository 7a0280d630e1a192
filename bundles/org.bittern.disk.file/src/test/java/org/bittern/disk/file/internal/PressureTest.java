package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.WaitingBytes;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.testkit.CheckedBuffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that wait, and ends that come too early. */
@Timeout(60)
class PressureTest {
    private static final int PIECE = 4 * Rig.BLOCK;

    @TempDir Path directory;

    @Test
    void congestionEndsByItselfWhenTheDiskCatchesUp() {
        Sample sample = Sample.ofFile(6 << 20, PIECE, TorrentVersion.V1, 61);
        try (Rig rig = Rig.local()) {
            rig.stores.waitingLimit(WaitingBytes.MIN_LIMIT_BYTES);
            AtomicInteger relieved = new AtomicInteger();
            rig.stores.onRelief(relieved::incrementAndGet);
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                for (int block = 0; block < 4; block++) {
                    rig.write(store, sample, piece, block);
                }
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(rig.stores.waitingBytes()).isZero());
            assertThat(rig.stores.congested()).isFalse();
        }
    }

    @Test
    void storeThatLosesItsLoopStillWritesAndLetsGo() throws InterruptedException {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 62);
        CheckedBuffers buffers = new CheckedBuffers(true);
        FaultyVolume volume = new FaultyVolume();
        CountDownLatch device = volume.holdDevices();
        FileStores stores =
                new FileStores(volume, buffers, new FileStores.Limits(1, 8), System::nanoTime);
        ExecutorService loop = Executors.newSingleThreadExecutor();
        TorrentStore store =
                stores.open(
                        new StoreSpec(
                                sample.metainfo(),
                                directory,
                                Map.of(),
                                List.of(Priority.NORMAL),
                                Preallocation.NONE,
                                false,
                                loop));
        loop.execute(() -> store.prepare(_ -> {}));
        for (int block = 0; block < 4; block++) {
            int begin = block * Rig.BLOCK;
            PooledBuffer data = buffers.take(Rig.BLOCK);
            data.bytes().put(sample.bytes(0, begin, Rig.BLOCK)).flip();
            loop.execute(() -> store.write(0, begin, data, _ -> {}));
        }
        loop.close();
        Thread closing = Thread.ofPlatform().start(stores::close);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> closing.getState() != Thread.State.RUNNABLE);
        device.countDown(); // only now it is known who does the writing
        closing.join();
        stores.close();
        assertThat(buffers.usedBytes()).isZero();
        assertThat(stores.waitingBytes()).isZero();
        assertThat(stores.openFileCount()).isZero();
        try (Rig rig = Rig.local()) {
            assertThat(rig.check(rig.open(sample, directory), sample).isComplete()).isTrue();
        }
    }

    @Test
    void pieceWithoutAKnownLayerCannotBeJudgedAndSaysSo() throws MetainfoException {
        Sample sample = Sample.ofFile(3 * PIECE, PIECE, TorrentVersion.V2, 63);
        byte[] info = new byte[sample.metainfo().rawInfo().remaining()];
        sample.metainfo().rawInfo().get(info);
        Sample bare = new Sample(Metainfo.parseInfo(info), sample.files());
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(bare, directory);
            rig.value(store::prepare);
            List<DiskResult<?>> results = new ArrayList<>();
            results.add(rig.writePiece(store, bare, 0, new SplittableRandom(1)));
            Bitfield all = Bitfield.full(3);
            results.add(rig.<Bitfield>ask(done -> store.check(all, (_, _) -> {}, done)));
            assertThat(results)
                    .allSatisfy(result ->
                            assertThat(result.toString()).contains("piece layer is not known"));
        }
    }
}
