package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that stays full: what stopped there goes on when it is moved to another one. */
@Timeout(60)
class FullDiskTest extends TwoMachines {
    private static final int BYTES = 2_000_000;
    private static final int PIECE = 65_536;

    private final Payload payload = Payload.single("one.bin", BYTES, PIECE, 52);
    private Path elsewhere;
    private FailingDisk disk;

    @BeforeEach
    void downloadAPart() throws Exception {
        elsewhere = directory.resolve("elsewhere");
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.close();
        machine = new Machine(new RoomElsewhere(here));
        disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
        machine.start(Machine.settings(here), directory.resolve("state"));
        Settings slow = Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 200_000L);
        Torrent torrent = machine.add(payload.request().with(slow));
        done(torrent.addPeer(address(seeder)));
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() > 0);
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 50_000L)));
    }

    @Test
    void goesOnElsewhereWhenBlocksCouldNotBeWritten() throws Exception {
        disk.full.set(true);
        Torrent torrent = machine.engine().torrents().getFirst();
        assertFull(torrent);
        disk.full.set(false);
        goesOnElsewhere(torrent);
    }

    @Test
    void goesOnElsewhereWhenItsFilesCouldNotBeMade() throws Exception {
        machine.stop();
        disk.fullPlace = here;
        machine.start(Machine.settings(here), directory.resolve("state"));
        Torrent torrent = machine.engine().torrents().getFirst();
        assertFull(torrent);
        goesOnElsewhere(torrent);
        assertThat(torrent.snapshot().transfer().downloadedEverBytes())
                .isLessThan(BYTES + 2 * PIECE);
    }

    private static void assertFull(Torrent torrent) {
        Waiting.state(torrent, TorrentState.ERROR);
        assertThat(torrent.snapshot().error().orElseThrow().kind())
                .isEqualTo(TorrentError.Kind.DISK_FULL);
    }

    private void goesOnElsewhere(Torrent torrent) throws Exception {
        done(torrent.move(elsewhere, true));
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(elsewhere)).isEmpty();
    }

    /** A machine with a disk that others have filled, and one that is empty. */
    private record RoomElsewhere(Path full) implements Surroundings {
        @Override
        public void start(String name, Runnable task) {
            SYSTEM.start(name, task);
        }

        @Override
        public long usableBytes(Path place) {
            return place.startsWith(full) ? 0 : Long.MAX_VALUE;
        }
    }
}
