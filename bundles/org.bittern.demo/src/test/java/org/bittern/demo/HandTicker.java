package org.bittern.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes when somebody pauses; looks are taken meanwhile. For one thread. */
final class HandTicker implements Ticker {
    private final List<Look> open = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000_000; // wraps around soon

    private static final class Look {
        private final long periodNanos;
        private final Runnable task;
        private long nextNanos;

        Look(long periodNanos, Runnable task, long nextNanos) {
            this.periodNanos = periodNanos;
            this.task = task;
            this.nextNanos = nextNanos;
        }
    }

    /** How many looks are taken. */
    int openLooks() {
        return open.size();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void pause(Duration time) {
        long end = nanos + time.toNanos();
        while (nanos - end < 0) {
            long next = end;
            for (Look look : open) {
                next = look.nextNanos - next < 0 ? look.nextNanos : next;
            }
            nanos = next;
            for (Look look : List.copyOf(open)) {
                if (look.nextNanos - nanos <= 0) {
                    look.nextNanos = nanos + look.periodNanos;
                    look.task.run();
                }
            }
        }
    }

    @Override
    public Looks looks() {
        List<Look> own = new ArrayList<>();
        return new Looks() {
            @Override
            public void every(Duration period, Runnable task) {
                task.run();
                Look look = new Look(period.toNanos(), task, nanos + period.toNanos());
                own.add(look);
                open.add(look);
            }

            @Override
            public void close() {
                open.removeAll(own);
            }
        };
    }
}
