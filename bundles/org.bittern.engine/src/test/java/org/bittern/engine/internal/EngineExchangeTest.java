package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers hold of one engine when the next one of the same process continues its session. */
@Timeout(60)
class EngineExchangeTest extends TwoMachines {
    @Test
    void torrentsKeepTheirNumbersAndWhoHasGoneIsTold() throws Exception {
        Engine engine = machine.start(Machine.settings(here), directory.resolve("state"));
        Torrent first = machine.add(torrent("first.bin"));
        Torrent second = machine.add(torrent("second.bin"));
        Torrent third = machine.add(torrent("third.bin"));
        done(engine.remove(first, false));
        done(engine.queue().move(List.of(third), Queue.Move.TOP));

        Engine next = machine.exchangeEngine(Machine.settings(here), directory.resolve("state"));
        assertThat(next.torrent(first.number())).isEmpty();
        for (Torrent before : List.of(second, third)) {
            assertThat(next.torrent(before.number()).orElseThrow().infoHash())
                    .isEqualTo(before.infoHash());
        }
        assertThat(next.changesSince(0).removed()).containsExactly(first.number());
        assertThat(machine.add(torrent("first.bin")).number()).isGreaterThan(third.number());
    }

    @Test
    void torrentsShowWhatTheyDidWhileTheirFilesAreOpenedAgain() throws Exception {
        Payload payload = Payload.single("seeded.bin", 100_000, 16_384, 32);
        payload.write(here);
        machine.start(Machine.settings(here), directory.resolve("state"));
        Waiting.state(machine.add(payload.request()), TorrentState.SEEDING);
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        disk.looked = new CompletableFuture<>();
        machine.stop();
        machine.parts.use(disk);

        machine.exchangeEngine(Machine.settings(here), directory.resolve("state"));
        Torrent again = machine.engine().torrents().getFirst();
        Waiting.until(() -> disk.looks.get() > 0);
        assertThat(done(again.pieces()).isComplete()).isTrue(); // what was begun before is over
        assertThat(again.snapshot().state()).isEqualTo(TorrentState.SEEDING);
        done(again.recheck());
        assertThat(again.snapshot().state()).isEqualTo(TorrentState.CHECKING);
        disk.looked.complete(null);
        Waiting.state(again, TorrentState.SEEDING);
    }

    private static AddTorrent torrent(String name) throws Exception {
        return Payload.single(name, 10, 16_384, 31).request().starting(AddTorrent.Start.STOPPED);
    }
}
