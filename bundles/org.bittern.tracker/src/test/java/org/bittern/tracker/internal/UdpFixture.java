package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/**
 * A client for UDP trackers and one whose part the test plays. Datagrams are real, time is virtual.
 */
abstract class UdpFixture {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(25);

    static final byte[] PEER = {1, 2, 3, 4, 0x1a, (byte) 0xe1};

    final PlainEgress egress = new PlainEgress();
    final HandLoop loop = new HandLoop();
    final Workers workers = new Workers();
    final UdpScript server = new UdpScript("127.0.0.1");
    final Map<String, List<InetAddress>> names = new HashMap<>();
    boolean bothFamilies;
    final UdpTracker tracker =
            new UdpTracker(
                    new UdpTracker.Ground(
                            workers, new ProxiedResolver(this::resolve, egress), egress),
                    new Routes(_ -> false, _ -> !bothFamilies),
                    new Random(5),
                    new UdpExchange.Schedule(TimeUnit.SECONDS.toNanos(15), 2));

    private CompletableFuture<List<InetAddress>> resolve(String host) {
        List<InetAddress> found = names.get(host);
        return found == null ? workers.resolve(host) : CompletableFuture.completedFuture(found);
    }

    @AfterEach
    void closeAll() {
        tracker.close();
        loop.turn();
        server.close();
        workers.close();
    }

    HttpFixture.Told announce(String url, Patience patience) {
        HttpFixture.Told told = new HttpFixture.Told();
        AnnounceRequest request =
                new AnnounceRequest(
                        Specs.of(loop, List.of()),
                        Specs.SWARM,
                        AnnounceEvent.STARTED,
                        Specs.TALLY,
                        Optional.empty(),
                        patience);
        try {
            tracker.announce(TrackerUrl.parse(url), request, told);
        } catch (TrackerException e) {
            throw new AssertionError(e);
        }
        loop.turn();
        return told;
    }

    Outcome outcome(HttpFixture.Told told) {
        loop.until(() -> !told.outcomes.isEmpty());
        return told.outcomes.getFirst();
    }

    /** Hands on what the reader has queued until the server is asked again. */
    UdpScript.Asked asked() {
        return asked(server);
    }

    UdpScript.Asked asked(UdpScript which) {
        turnUntil(() -> which.waiting() > 0);
        return which.next();
    }

    /** Hands on what the readers have queued until something holds. */
    void turnUntil(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new AssertionError("waited in vain");
            }
            loop.turn();
            Thread.onSpinWait();
        }
    }
}
