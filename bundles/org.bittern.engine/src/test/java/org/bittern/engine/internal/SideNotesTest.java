package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Torrent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of torrents beside them. */
@Timeout(60)
class SideNotesTest extends TwoMachines {
    @Test
    void labelsThatWereTakenAwayDoNotComeBack() throws Exception {
        Path state = directory.resolve("state");
        machine.start(Machine.settings(here), state);
        AddTorrent request = Payload.single("one.bin", 10, 16_384, 34).request();
        String id =
                machine.add(request.starting(AddTorrent.Start.STOPPED).labelled(List.of("x")))
                        .infoHash()
                        .hex();
        machine.stop();
        Path resume = state.resolve("resume").resolve(id + ".resume");
        byte[] labelled = Files.readAllBytes(resume);

        machine.start(Machine.settings(here), state);
        Torrent torrent = machine.engine().torrent(id).orElseThrow();
        assertThat(torrent.snapshot().labels()).containsExactly("x");
        done(torrent.setLabels(List.of()));
        machine.stop();
        Files.write(resume, labelled); // as if it had been killed when it had answered

        machine.start(Machine.settings(here), state);
        assertThat(machine.engine().torrent(id).orElseThrow().snapshot().labels()).isEmpty();
    }
}
