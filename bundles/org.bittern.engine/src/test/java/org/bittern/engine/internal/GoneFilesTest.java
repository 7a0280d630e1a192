package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that go away with their disk, at moments when nobody looks. */
@Timeout(60)
class GoneFilesTest extends TwoMachines {
    private static final int BYTES = 2_000_000;
    private static final int PIECE = 65_536;

    private final Payload payload = Payload.single("one.bin", BYTES, PIECE, 51);
    private Path state;
    private FailingDisk disk;

    @BeforeEach
    void completeIt() throws Exception {
        state = directory.resolve("state");
        payload.write(here);
        machine.start(Machine.settings(here), state);
        Waiting.state(machine.add(payload.request()), TorrentState.SEEDING);
        machine.stop();
        disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
    }

    @Test
    void notesThatFilesWentAwayAfterTheyWereLookedAtAndBeforeTheyWereChecked() throws Exception {
        Files.delete(state.resolve("clean")); // as after a crash
        CompletableFuture<Void> looked = new CompletableFuture<>();
        disk.looked = looked;
        Torrent torrent = restart();
        Waiting.until(() -> looked.getNumberOfDependents() > 0);
        unmount();
        looked.complete(null);
        assertGone(torrent);
        assertThat(torrent.snapshot().progress().verifiedBytes()).isEqualTo(BYTES);
        payload.write(here);
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    private void assertGone(Torrent torrent) {
        Waiting.state(torrent, TorrentState.ERROR);
        assertThat(torrent.snapshot().error().orElseThrow().kind())
                .isEqualTo(TorrentError.Kind.STORE_MISSING);
        assertThat(here).doesNotExist();
    }

    private void unmount() throws Exception {
        Files.delete(payload.target(here, List.of()));
        Files.delete(here);
    }

    private Torrent restart() throws Exception {
        machine.start(Machine.settings(here), state);
        return machine.engine().torrents().getFirst();
    }
}
