package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.bittern.engine.internal.queue.CheckQueue;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;

/**
 * A torrent's place among those whose files are checked, and its check while that runs. Owned by
 * the torrent's loop.
 */
final class CheckTurn {
    private final TorrentCore torrent;
    private CheckQueue.@Nullable Ticket ticket; // null unless one waits or runs
    private int asked; // answers to earlier questions are void
    private TorrentStore.@Nullable Cancellation running; // null unless it checks
    private int toCheck;
    private int checked;

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
        surroundings.look(
                directory,
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

    /**
     * Checks, in its turn.
     *
     * @param done gets the good pieces, unless the check was ended
     */
    void run(TorrentStore store, Bitfield pieces, Consumer<DiskResult<Bitfield>> done) {
        toCheck = pieces.cardinality();
        checked = 0;
        running =
                store.check(
                        pieces,
                        (piece, good) -> {
                            checked++;
                            torrent.touch();
                        },
                        done);
    }

    /** 0.0 to 1.0 of the check that runs. */
    double progress() {
        return toCheck == 0 ? 1 : (double) checked / toCheck;
    }

    /** Checks no more, or gives up waiting. */
    void end() {
        asked++;
        TorrentStore.Cancellation ended = running;
        running = null;
        if (ended != null) {
            ended.cancel();
        }
        CheckQueue.Ticket held = ticket;
        ticket = null;
        if (held != null) {
            torrent.session().checks().done(held);
        }
    }
}
