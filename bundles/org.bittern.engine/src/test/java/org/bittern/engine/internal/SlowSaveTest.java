package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocks go on coming while resume data waits for a slow disk, and the engine ends. */
@Timeout(60)
class SlowSaveTest extends TwoMachines {
    private static final int BYTES = 4_000_000;
    private static final long RATE = 400_000;

    private FailingDisk disk;

    @BeforeEach
    void slowDown() {
        disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
    }

    @Test
    void piecesThatComeDuringASaveAreSavedAtTheEnd() throws Exception {
        Torrent torrent = download(payload(65_536));
        CompletableFuture<Void> slow = new CompletableFuture<>();
        disk.synced = slow;
        int before = disk.syncs.get();
        done(torrent.setLabels(List.of("x"))); // is saved soon
        Waiting.until(() -> disk.syncs.get() > before);
        long noted = verified(torrent);
        Waiting.until(() -> verified(torrent) > noted);
        seeder.stop();
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
        long came = verified(torrent);
        disk.synced = CompletableFuture.completedFuture(null);
        slow.complete(null);
        machine.stop();

        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(verified(again)).isGreaterThanOrEqualTo(came);
    }

    /** The times of the files are saved as they are in the end: blocks of begun pieces count. */
    @Test
    void blocksThatComeDuringASaveAreSavedAtTheEnd() throws Exception {
        Payload payload = payload(1 << 20);
        Torrent torrent = download(payload);
        CompletableFuture<Void> slow = new CompletableFuture<>();
        disk.looked = slow;
        int before = disk.looks.get();
        done(torrent.setLabels(List.of("x"))); // is saved soon
        Waiting.until(() -> disk.looks.get() > before);
        done(torrent.setLabels(List.of("y"))); // as soon as that is over
        awaitMore(torrent, RATE);
        disk.looked = CompletableFuture.completedFuture(null);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var stopped = threads.submit(() -> machine.stop());
            Torrent seeding = seeder.engine().torrents().getFirst();
            Waiting.until(() -> seeding.snapshot().swarm().connected() == 0);
            slow.complete(null);
            stopped.get();
        }

        Torrent again = restart();
        done(again.setOptions(limit(0)));
        done(again.addPeer(address(seeder)));
        Waiting.state(again, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(again.snapshot().transfer().downloadedEverBytes())
                .as("nothing came twice")
                .isEqualTo(BYTES);
    }

    private static Payload payload(int pieceLength) {
        return Payload.single("one.bin", BYTES, pieceLength, 77);
    }

    private static Settings limit(long bytesPerSecond) {
        return Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, bytesPerSecond);
    }

    private Torrent download(Payload payload) throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here), directory.resolve("state"));
        Torrent torrent = machine.add(payload.request().with(limit(RATE)));
        done(torrent.addPeer(address(seeder)));
        awaitMore(torrent, RATE / 2);
        return torrent;
    }

    private Torrent restart() throws Exception {
        machine.start(Machine.settings(here), directory.resolve("state"));
        return machine.engine().torrents().getFirst();
    }

    private static long verified(Torrent torrent) {
        return torrent.snapshot().progress().verifiedBytes();
    }

    private static void awaitMore(Torrent torrent, long bytes) {
        long before = torrent.snapshot().transfer().downloadedBytes();
        Waiting.until(() -> torrent.snapshot().transfer().downloadedBytes() > before + bytes);
    }
}
