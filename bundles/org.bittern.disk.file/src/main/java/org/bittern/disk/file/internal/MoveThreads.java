package org.bittern.disk.file.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a move begin on one of the few threads for moves, which others may keep for hours; once it is
 * cancelled on any that may block, for there is nothing left to do but to say so. Owned by the
 * torrent's loop.
 */
final class MoveThreads implements Executor {
    private final Route route;
    private final MoveTicket ticket;
    private Runnable move = () -> {};

    MoveThreads(Route route, MoveTicket ticket) {
        this.route = route;
        this.ticket = ticket;
    }

    @Override
    public void execute(Runnable work) {
        AtomicBoolean begun = new AtomicBoolean();
        move =
                () -> {
                    if (begun.compareAndSet(false, true)) {
                        work.run();
                    }
                };
        if (ticket.isCancelled()) {
            route.bulk(move);
        } else {
            route.move(move);
        }
    }

    /** Ends the move, or keeps it from beginning. */
    void cancel() {
        ticket.cancel();
        route.bulk(move);
    }
}
