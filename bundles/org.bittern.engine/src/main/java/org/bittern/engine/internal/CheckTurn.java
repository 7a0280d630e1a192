package org.bittern.engine.internal;

import java.nio.file.Path;
import org.bittern.engine.internal.queue.CheckQueue;
import org.jspecify.annotations.Nullable;

/** A torrent's place among those whose files are checked. Owned by the torrent's loop. */
final class CheckTurn {
    private final TorrentCore torrent;
    private CheckQueue.@Nullable Ticket ticket; // null unless one waits or runs
    private int asked; // answers to earlier questions are void

    CheckTurn(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /**
     * Waits until the device has time.
     *
     * @param begin runs on the loop, unless {@link #end} comes first
     */
    void ask(Path directory, Runnable begin) {
        end();
        int question = asked;
        Surroundings surroundings = torrent.session().parts().surroundings();
        surroundings.start(
                "bt-device",
                () -> {
                    String device = surroundings.device(directory);
                    torrent.loop()
                            .execute(() -> torrent.guard(() -> queue(question, device, begin)));
                });
    }

    private void queue(int question, String device, Runnable begin) {
        if (question != asked) {
            return;
        }
        ticket =
                torrent.session()
                        .checks()
                        .ask(
                                device,
                                torrent.turn().seat(),
                                () ->
                                        torrent.loop()
                                                .execute(() ->
                                                        torrent.guard(
                                                                () -> begin(question, begin))));
    }

    private void begin(int question, Runnable begin) {
        if (question == asked) {
            begin.run();
        }
    }

    /** Checks no more, or gives up waiting. */
    void end() {
        asked++;
        CheckQueue.Ticket held = ticket;
        ticket = null;
        if (held != null) {
            torrent.session().checks().done(held);
        }
    }
}
