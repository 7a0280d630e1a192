package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.disk.file.internal.FileDiskStore;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One disk store is exchanged for another while blocks go both ways. */
@Timeout(120)
class StoreSwapTest extends SlowDownloads {
    private static final int SWAPS = 5;
    private static final int REQUEST = 6;
    private static final int BLOCK = 7;
    private static final int REJECT = 16;
    private static final int EXTENDED = 20;

    StoreSwapTest() {
        super(47);
    }

    @Test
    void nothingComesTwiceWhenTheStoreOfADownloadIsExchanged() throws Exception {
        Torrent torrent = download();
        for (int swap = 1; swap <= SWAPS; swap++) {
            awaitBytes(torrent, swap * BYTES / (2 * SWAPS));
            machine.exchangeDisk();
        }
        complete(torrent);
        TorrentSnapshot.Transfer moved = torrent.snapshot().transfer();
        assertThat(moved.wastedBytes()).isZero();
        assertThat(moved.downloadedBytes()).isEqualTo(BYTES);
    }

    @Test
    void aDownloaderNoticesNothingWhenTheStoreOfItsSeedIsExchanged() throws Exception {
        Torrent torrent = download();
        for (int swap = 1; swap <= SWAPS; swap++) {
            awaitBytes(torrent, swap * BYTES / (2 * SWAPS));
            seeder.exchangeDisk();
        }
        PeerSnapshot peer = done(torrent.peers()).getFirst();
        assertThat(peer.downloadedBytes()).as("the first link").isGreaterThan(BYTES / 2 - PIECE);
        complete(torrent);
        assertThat(torrent.snapshot().transfer().wastedBytes()).isZero();
    }

    @Test
    void bothSidesGoOnWhenNoStoreIsThereForAMoment() throws Exception {
        Torrent torrent = download();
        awaitBytes(torrent, BYTES / 4);
        FileDiskStore next = machine.nextDisk();
        machine.dropDisk();
        Waiting.quiet(() -> torrent.snapshot().transfer().downloadedBytes());
        assertThat(torrent.snapshot().state()).isEqualTo(TorrentState.DOWNLOADING);
        assertThat(torrent.snapshot().swarm().connected()).isEqualTo(1);
        machine.use(next);
        complete(torrent);
        assertThat(torrent.snapshot().transfer().wastedBytes()).isZero();
    }

    @Test
    void knowsWhatTheFilesAreLikeWhenTheBundleOfTheStoreStops() throws Exception {
        Torrent torrent = download();
        awaitBytes(torrent, BYTES / 4);
        machine.leaveDisk();
        List<TorrentStore.FileStat> known = known(torrent);
        Path file = payload.target(here, List.of());
        assertThat(known)
                .containsExactly(
                        new TorrentStore.FileStat(
                                true,
                                Files.size(file),
                                Files.getLastModifiedTime(file).toMillis()));
    }

    private static List<TorrentStore.FileStat> known(Torrent torrent) throws Exception {
        TorrentHandle handle = (TorrentHandle) torrent;
        return CompletableFuture.supplyAsync(() -> handle.core().storage().known(), handle.loop())
                .get();
    }

    @Test
    void takesBackWhatTheNextStoreDoesNotHave() throws Exception {
        Torrent torrent = download();
        awaitBytes(torrent, BYTES / 4);
        FileDiskStore next = seeder.nextDisk();
        seeder.dropDisk();
        try (RandomAccessFile file =
                new RandomAccessFile(payload.target(there, List.of()).toFile(), "rw")) {
            file.setLength(BYTES - 2 * PIECE);
        }
        seeder.use(next);
        Waiting.until(() -> {
            double progress = done(torrent.peers()).getFirst().progress();
            return progress < 1 && progress > 0.9;
        });
        assertThat(torrent.snapshot().swarm().connected()).isEqualTo(1);
        assertThat(seeder.engine().torrents().getFirst().snapshot().progress().verifiedBytes())
                .isLessThan(BYTES)
                .isGreaterThan(BYTES - 4 * PIECE);
    }

    @Test
    void aPeerHearsOfEachPieceThatIsLostAndOfNoOther() throws Exception {
        Torrent torrent = seed();
        try (Stranger stranger = new Stranger(address(seeder), torrent.infoHash().wireHash(), 0)) {
            stranger.send(REQUEST, ByteBuffer.allocate(12).putInt(8, 1).array());
            Waiting.until(() -> stranger.heard(BLOCK) + stranger.heard(REJECT) > 0); // it was heard
            FileDiskStore next = seeder.nextDisk();
            seeder.dropDisk();
            try (RandomAccessFile file =
                    new RandomAccessFile(payload.target(there, List.of()).toFile(), "rw")) {
                file.setLength(89 * PIECE - 1); // of 92 pieces the last one is short
            }
            seeder.use(next);
            Waiting.until(() -> stranger.heard(EXTENDED, Stranger.UPLOAD_ONLY) == 1); // afterwards
            assertThat(lost(stranger)).containsExactly(88, 89, 90, 91);
        }
    }

    @Test
    void deletesTheDataOfATorrentThatIsRemovedWhileNoStoreIsThere() throws Exception {
        Torrent torrent = seed();
        FileDiskStore next = seeder.nextDisk();
        seeder.dropDisk();
        CompletionStage<Void> removed = seeder.engine().remove(torrent, true);
        Waiting.until(() -> seeder.engine().torrents().isEmpty());
        assertThat(payload.target(there, List.of())).exists();
        seeder.use(next);
        done(removed);
        assertThat(payload.target(there, List.of())).doesNotExist();
    }

    private static List<Integer> lost(Stranger stranger) {
        return stranger.said(EXTENDED).stream()
                .filter(message -> message.get(0) == Stranger.DONT_HAVE)
                .map(message -> message.getInt(1))
                .toList();
    }

    private Torrent seed() throws Exception {
        seeder.start(Machine.settings(there));
        return whole();
    }

    private Torrent download() throws Exception {
        seed();
        machine.start(Machine.settings(here));
        return slowDownload();
    }
}
