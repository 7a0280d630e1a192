package org.bittern.stream.brain.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When an I/O side is dialled again; the time is the test's. */
@Timeout(60)
class RediallerTest {
    private static final RandomGenerator LEAST = () -> 0;

    private final AtomicLong nanos = new AtomicLong();
    private final FakeCatalog catalog = new FakeCatalog();
    private final List<Duration> pauses = new ArrayList<>();
    private final List<FakeWire> wires = new ArrayList<>();

    @Test
    void pausesGrowToALimit() {
        run(
                8,
                events -> {
                    throw new IOException("nobody is there");
                });
        assertThat(pauses)
                .extracting(Duration::toMillis)
                .containsExactly(750L, 1500L, 3000L, 6000L, 12_000L, 22_500L, 22_500L, 22_500L);
    }

    @Test
    void aFaultInOneConversationIsNotTheEndOfAll() {
        run(
                3,
                events -> {
                    throw new IllegalStateException("a fault");
                });
        assertThat(pauses).hasSize(3);
    }

    @Test
    void chanceMakesAPauseLongerByTwoThirdsAtMost() {
        Pauses longest = new Pauses(new Longest());
        assertThat(longest.after(Duration.ZERO)).isEqualTo(Duration.ofMillis(1250));
        assertThat(longest.after(Duration.ZERO)).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void eachConnectionRegistersAllAnew() throws InterruptedException {
        catalog.put("film", "/film");
        run(2, events -> connected(events, Duration.ZERO));
        assertThat(wires).hasSize(2);
        for (FakeWire wire : wires) {
            assertThat(wire.next()).isEqualTo(ConversationTest.registered("film", "/film"));
            assertThat(wire.closed).isTrue();
        }
        assertThat(catalog.isWatched()).isFalse();
    }

    @Test
    void onlyAConnectionThatLastedMakesPausesShortAgain() {
        catalog.put("film", "/film");
        run(3, events -> connected(events, Duration.ZERO));
        assertThat(pauses).extracting(Duration::toMillis).containsExactly(750L, 1500L, 3000L);
        pauses.clear();
        run(3, events -> connected(events, Pauses.STEADY));
        assertThat(pauses).extracting(Duration::toMillis).containsExactly(750L, 750L, 750L);
    }

    /** A connection that is lost after some time, when its only file was registered. */
    private Wire connected(Wire.Events events, Duration lasting) {
        FakeWire wire = new FakeWire();
        wires.add(wire);
        return new Wire() {
            @Override
            public void send(String text) {
                wire.send(text);
                nanos.addAndGet(lasting.toNanos());
                events.lost("it broke");
            }

            @Override
            public void ping() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                wire.close();
            }
        };
    }

    private void run(int attempts, Wire.Dialler dialler) {
        List<Duration> slept = new ArrayList<>();
        new Redialler(
                        dialler,
                        () -> new Conversation(catalog, nanos::get, Conversation.PING_NANOS),
                        new Pauses(LEAST),
                        nanos::get,
                        time -> {
                            pauses.add(time);
                            slept.add(time);
                            if (slept.size() == attempts) {
                                throw new InterruptedException();
                            }
                        })
                .run();
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Draws the largest number that is allowed. */
    private static final class Longest implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }
}
