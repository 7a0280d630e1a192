package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RateMeterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    @Property(tries = 200)
    void showsAConstantRateFromItsFirstSecondOn(
            @ForAll @LongRange(min = 1000, max = 1L << 33) long bytesPerSecond,
            @ForAll @IntRange(min = 1, max = 400) int stepMillis,
            @ForAll long start) {
        RateMeter meter = new RateMeter(start);
        long now = start;
        double carry = 0;
        for (int millis = 0; millis < 20_000; millis += stepMillis) {
            now += stepMillis * MILLI;
            carry += bytesPerSecond * (stepMillis / 1000.0);
            meter.add((long) carry, now);
            carry -= (long) carry;
            if (millis > 2000) {
                assertThat(meter.rate(now))
                        .isCloseTo(bytesPerSecond, Percentage.withPercentage(25));
                assertThat(meter.longRate(now))
                        .isCloseTo(bytesPerSecond, Percentage.withPercentage(25));
            }
        }
        assertThat(meter.longRate(now)).isCloseTo(bytesPerSecond, Percentage.withPercentage(5));
    }

    @Test
    void isSteadyWhenBytesComeOften() {
        RateMeter meter = new RateMeter(0);
        long now = 0;
        for (int i = 0; i < 10_000; i++) {
            now += MILLI;
            meter.add(1000, now);
        }
        assertThat(meter.rate(now)).isCloseTo(1_000_000, Percentage.withPercentage(6));
    }

    @Test
    void forgetsWithinSecondsInTheShortWindowAndLaterInTheLongOne() {
        RateMeter meter = new RateMeter(0);
        long now = 0;
        for (int i = 0; i < 600; i++) {
            now += SECOND / 10;
            meter.add(100_000, now);
        }
        now += 10 * SECOND;
        assertThat(meter.rate(now)).isLessThan(10_000);
        assertThat(meter.longRate(now)).isGreaterThan(300_000);
        now += 3600 * SECOND;
        assertThat(meter.rate(now)).isZero();
        assertThat(meter.longRate(now)).isZero();
    }

    @Test
    void showsNoHugeRateForTheFirstBlock() {
        RateMeter meter = new RateMeter(0);
        meter.add(16_384, MILLI);
        assertThat(meter.rate(MILLI)).isLessThan(30_000);
        assertThat(new RateMeter(5).rate(5)).isZero();
    }
}
