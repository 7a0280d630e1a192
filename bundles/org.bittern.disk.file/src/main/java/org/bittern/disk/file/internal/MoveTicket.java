package org.bittern.disk.file.internal;

import org.bittern.spi.disk.TorrentStore.MoveProgress;

/**
 * A move in progress: how far it is, and whether it shall go on. Progress belongs to the thread
 * that moves; any thread may cancel.
 */
final class MoveTicket {
    /** Progress is told after so many bytes, and at the end. */
    private static final long STEP_BYTES = 4L << 20;

    private final MoveProgress listener;
    private long total;
    private long moved;
    private long told;
    private volatile boolean cancelled;

    /**
     * Begins at nothing.
     *
     * @param listener called on the thread that moves
     */
    MoveTicket(MoveProgress listener) {
        this.listener = listener;
    }

    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void checkCancelled() throws MoveCancelledException {
        if (cancelled) {
            throw new MoveCancelledException();
        }
    }

    /** So much more is to be moved. */
    void expect(long bytes) {
        total += bytes;
    }

    /** So much more was moved. */
    void moved(long bytes) {
        moved += bytes;
        if (moved - told >= STEP_BYTES || (moved >= total && moved > told)) {
            told = moved;
            listener.moved(moved, Math.max(moved, total));
        }
    }
}
