package org.bittern.tinytorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.TorrentError;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HubTest {
    private static final InfoHash HASH = InfoHash.ofV1(new byte[20]);
    private static final Instant NOW = Instant.EPOCH;

    private final World world = new World();
    private final AtomicLong late = new AtomicLong(); // nanoseconds that the clock is ahead
    private final Hub hub =
            new Hub(
                    world,
                    world,
                    new SyncConfig.Limits(Duration.ofMillis(50), Duration.ofSeconds(100), 3),
                    () -> System.nanoTime() + late.get());

    @AfterEach
    void close() throws InterruptedException {
        hub.close();
    }

    @Test
    void changesReachEveryClientAndASlowOneHoldsUpNobody() {
        Front quick = connect();
        Front slow = connect();
        until(() -> quick.belief().equals(world.truth()) && slow.belief().equals(world.truth()));
        slow.read(false);
        for (int i = 0; i < 5; i++) {
            int torrent = world.add();
            until(() -> quick.field(torrent, "left") == 1000);
        }
        slow.read(true);
        until(() -> slow.belief().equals(world.truth()));
        assertThat(quick.broken() + slow.broken()).isEmpty();
    }

    @Test
    void aClientThatTakesNothingIsToldToComeAgainLater() {
        Front quick = connect();
        Front stuck = connect();
        until(() -> stuck.parts() == 1);
        stuck.read(false);
        world.add();
        until(() -> stuck.waiting() == 1);
        late.addAndGet(Duration.ofSeconds(101).toNanos());
        until(() -> stuck.closed() == Hub.TRY_AGAIN_LATER);
        assertThat(quick.closed()).isZero();
    }

    @Test
    void moreClientsThanAllowedAreSentAway() {
        for (int i = 0; i < 3; i++) {
            connect();
        }
        Front fourth = connect();
        until(() -> fourth.closed() == Hub.TRY_AGAIN_LATER);
        assertThat(fourth.parts()).isZero();
    }

    @Test
    void eventsComeAfterThePatchThatShowsTheTorrent() {
        Front front = connect();
        until(() -> front.parts() == 1);
        world.happens(new EngineEvent.Added(NOW, 1, HASH, "n")); // its snapshot comes later
        world.happens(new EngineEvent.BlocklistUpdated(NOW, 77));
        until(() -> front.events().size() == 1);
        assertThat(front.events()).containsExactly("blocklist-updated{\"count\":77}");
        int torrent = world.add();
        until(() -> front.events().size() == 2);
        assertThat(front.events().get(1)).isEqualTo("torrent-added{\"id\":1}");
        assertThat(front.field(torrent, "left")).isEqualTo(1000);
        world.happens(new EngineEvent.Finished(NOW, torrent, HASH));
        TorrentError full = new TorrentError(TorrentError.Kind.DISK_FULL, "no \"room\"");
        world.happens(new EngineEvent.Failed(NOW, torrent, HASH, full));
        until(() -> front.events().size() == 4);
        assertThat(front.events().get(2)).isEqualTo("torrent-finished{\"id\":1}");
        assertThat(front.events().get(3))
                .isEqualTo("error{\"message\":\"no \\\"room\\\"\",\"code\":3,\"id\":1}");
    }

    @Test
    void whatHappensWhileNobodyListensIsToldToNobody() {
        world.happens(new EngineEvent.BlocklistUpdated(NOW, 1));
        Front front = connect();
        until(() -> front.parts() == 1);
        hub.tell(Notice.problem("x.torrent is broken"));
        until(() -> !front.events().isEmpty());
        assertThat(front.events())
                .containsExactly("error{\"message\":\"x.torrent is broken\",\"code\":1}");
    }

    @Test
    void clientsStayWhileTheEngineIsReplaced() {
        int torrent = world.add();
        Front front = connect();
        until(() -> front.belief().equals(world.truth()));
        world.stopEngine();
        until(() -> front.events().size() == 1);
        assertThat(front.events().getFirst()).contains("engine unavailable");
        Front other = connect();
        until(() -> other.parts() == 1);
        assertThat(other.field(torrent, "left")).as("what was known last").isEqualTo(1000);
        world.swap();
        world.change(torrent, 1);
        until(() -> front.belief().equals(world.truth()));
        assertThat(front.broken()).isEmpty();
    }

    @Test
    void theEndOfTheProcessIsToldAtOnceAndTheEndOfTheBundleClosesWithGoingAway()
            throws InterruptedException {
        Front front = connect();
        until(() -> front.parts() == 1);
        hub.announceShutdown();
        assertThat(front.events()).containsExactly("app-shutdownnull");
        hub.close();
        assertThat(front.closed()).isEqualTo(Hub.GOING_AWAY);
    }

    private Front connect() {
        Front front = new Front();
        var _ = hub.connected(front, false);
        return front;
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40)).until(condition);
    }
}
