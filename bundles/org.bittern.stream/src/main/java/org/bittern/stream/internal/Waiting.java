package org.bittern.stream.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.api.stream.NotReadyException;

/** Waits for a file of which nothing is known yet but that it may come. For one request. */
final class Waiting {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Catalogs catalogs;
    private final Exchange exchange;
    private final LongSupplier nanos;

    Waiting(Catalogs catalogs, Exchange exchange, LongSupplier nanos) {
        this.catalogs = catalogs;
        this.exchange = exchange;
        this.nanos = nanos;
    }

    /**
     * Looks a file up until it is known.
     *
     * @throws NotReadyException when it is not known after so long, or the wait would be in vain
     * @throws Ending when the client has gone
     */
    Optional<Catalogs.Entry> find(String fileId, Duration most)
            throws Ending, InterruptedException {
        long began = nanos.getAsLong();
        CountDownLatch gone = new CountDownLatch(1);
        try (Exchange.Watch _ = exchange.watch(gone::countDown)) {
            while (true) {
                try {
                    return catalogs.find(fileId);
                } catch (NotReadyException e) {
                    if (!e.coming() || nanos.getAsLong() - began >= most.toNanos()) {
                        throw e;
                    }
                }
                catalogs.awaited(fileId);
                if (gone.await(LOOK_NANOS, TimeUnit.NANOSECONDS)) {
                    throw Ending.gone();
                }
            }
        }
    }
}
