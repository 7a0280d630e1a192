package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.util.List;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Torrent;
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

    private static AddTorrent torrent(String name) throws Exception {
        return Payload.single(name, 10, 16_384, 31).request().starting(AddTorrent.Start.STOPPED);
    }
}
