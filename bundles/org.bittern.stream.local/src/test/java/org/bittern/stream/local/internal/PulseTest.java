package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PulseTest {
    @Test
    void goesOnAfterAFaultAndEndsWhenItsThreadIsInterrupted() {
        AtomicInteger beats = new AtomicInteger();
        Pulse pulse =
                new Pulse(
                        1,
                        () -> {
                            if (beats.incrementAndGet() == 3) {
                                Thread.currentThread().interrupt();
                            }
                            throw new IllegalStateException("a fault");
                        });
        pulse.run();
        assertThat(beats).hasValue(3);
        assertThat(Thread.interrupted()).isTrue();
    }
}
