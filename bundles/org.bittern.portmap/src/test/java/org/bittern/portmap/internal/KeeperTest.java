package org.bittern.portmap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeeperTest {
    private static final Keeper.Pace FAST =
            new Keeper.Pace(Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(40));
    private static final InetAddress OUTSIDE = InetAddress.ofLiteral("198.51.100.7");

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> told = new CopyOnWriteArrayList<>();
    private volatile boolean broken;
    private boolean started;
    private volatile int external = 40_000;
    private final Keeper keeper =
            new Keeper(
                    6881,
                    () -> List.of(new Scripted("pcp", true), new Scripted("upnp", false)),
                    FAST,
                    told::add);

    /** Works or does not. */
    private final class Scripted implements MapMethod {
        private final String name;
        private final boolean dead;

        Scripted(String name, boolean dead) {
            this.name = name;
            this.dead = dead;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Mapped map(Kind kind, int port, int wanted) throws IOException {
            log.add(name + " map " + kind);
            if (dead || broken) {
                throw new IOException("refused");
            }
            return new Mapped(Optional.of(OUTSIDE), external, 1);
        }

        @Override
        public void unmap(Kind kind, int port, int mapped) {
            log.add(name + " unmap " + kind + " " + mapped);
        }
    }

    @AfterEach
    void stop() throws Exception {
        keeper.close();
        if (started) {
            keeper.awaitGone(Duration.ofSeconds(20));
        }
    }

    private void start() {
        started = true;
        Thread.ofVirtual().name("keeper").start(keeper);
    }

    @Test
    void triesOneAfterTheOtherRenewsAndGivesBack() throws Exception {
        start();
        await().until(() -> log.stream().filter("upnp map TCP"::equals).count() >= 3);
        assertThat(told).containsExactly(new InetSocketAddress(OUTSIDE, 40_000));
        assertThat(log.stream().filter("pcp map TCP"::equals).count())
                .as("what works is renewed first")
                .isEqualTo(1);
        assertThat(keeper.forwarding().externalPort()).isEqualTo(40_000);
        assertThat(keeper.forwarding().method()).isEqualTo("upnp");
        external = 40_001;
        await().until(() -> told.size() == 2);
        keeper.close();
        keeper.awaitGone(Duration.ofSeconds(20));
        assertThat(log).endsWith("upnp unmap TCP 40001", "upnp unmap UDP 40001");
        assertThat(keeper.forwarding().externalPort()).isZero();
    }

    @Test
    void saysWhatIsWrongAndTriesAgain() {
        broken = true;
        start();
        await().until(() -> keeper.forwarding().problem().equals("upnp: refused"));
        assertThat(told).isEmpty();
        broken = false;
        await().until(() -> keeper.forwarding().externalPort() == 40_000);
        assertThat(keeper.forwarding().problem()).isEmpty();
    }

    @Test
    void noLifetimeMakesItHurryOrSleep() {
        assertThat(Keeper.Pace.USUAL.renewal(1)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Keeper.Pace.USUAL.renewal(0)).isEqualTo(Duration.ofMinutes(30));
        assertThat(Keeper.Pace.USUAL.renewal(0xffff_ffffL)).isEqualTo(Duration.ofMinutes(30));
        assertThat(Keeper.Pace.USUAL.renewal(3600)).isEqualTo(Duration.ofMinutes(30));
        assertThat(Keeper.Pace.USUAL.renewal(1200)).isEqualTo(Duration.ofMinutes(10));
    }
}
