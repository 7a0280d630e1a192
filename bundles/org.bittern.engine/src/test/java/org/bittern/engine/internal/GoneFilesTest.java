package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void missesFilesThatWereToBeCheckedWhenTheEngineStopped() throws Exception {
        stopInACheck();
        unmount();
        Torrent torrent = restart();
        assertGone(torrent);
        disk.checked.complete(null);
        payload.write(here);
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().progress().verifiedBytes()).isEqualTo(BYTES);
    }

    @Test
    void movesFilesThatWereToBeCheckedWhenTheEngineStopped() throws Exception {
        stopInACheck();
        Torrent torrent = restart();
        done(torrent.stop());
        machine.stop();
        torrent = restart();
        Path elsewhere = directory.resolve("elsewhere");
        done(torrent.move(elsewhere, true));
        assertThat(payload.wrongFiles(elsewhere)).isEmpty();
        assertThat(payload.target(here, List.of())).doesNotExist();
        disk.checked.complete(null);
        done(torrent.start());
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void missesFilesThatWereThereWhenItWasAddedAndAreNotChecked() throws Exception {
        machine.start(Machine.settings(here), state);
        done(machine.engine().remove(machine.engine().torrents().getFirst(), false));
        disk.checked = new CompletableFuture<>();
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.CHECKING);
        done(torrent.setLabels(List.of("something to store")));
        machine.stop();
        disk.checked.complete(null);
        unmount();
        assertGone(restart());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void movesNothingWhileFilesAreGoneAndStillWaitsForThem(boolean started) throws Exception {
        Torrent torrent = restart();
        Waiting.state(torrent, TorrentState.SEEDING);
        if (!started) {
            done(torrent.stop());
        }
        machine.stop();
        unmount();
        torrent = restart();
        Waiting.state(torrent, started ? TorrentState.ERROR : TorrentState.STOPPED);
        Path elsewhere = directory.resolve("elsewhere");
        assertThat(torrent.move(elsewhere, true).toCompletableFuture())
                .failsWithin(Waiting.PATIENCE)
                .withThrowableThat()
                .withMessageContaining("one.bin is gone");
        assertThat(torrent.snapshot().saveDirectory()).isEqualTo(here);
        assertThat(elsewhere).doesNotExist();
        payload.write(here);
        if (!started) {
            done(torrent.start());
        }
        Waiting.state(torrent, TorrentState.SEEDING);
        done(torrent.move(elsewhere, true));
        assertThat(payload.wrongFiles(elsewhere)).isEmpty();
    }

    /** Ends the engine while everything is checked, which goes on as soon as it starts again. */
    private void stopInACheck() throws Exception {
        Torrent torrent = restart();
        Waiting.state(torrent, TorrentState.SEEDING);
        disk.checked = new CompletableFuture<>();
        done(torrent.setLabels(List.of("something to store")));
        done(torrent.recheck());
        Waiting.state(torrent, TorrentState.CHECKING);
        machine.stop();
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
