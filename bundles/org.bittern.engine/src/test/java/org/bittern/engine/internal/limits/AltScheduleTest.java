package org.bittern.engine.internal.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AltScheduleTest {
    private static final int SUNDAY = 1;
    private static final int FRIDAY = 32;
    private static final int WEEKDAYS = 62;

    /** 2026-03-01 was a Sunday. */
    private static ZonedDateTime march(int day, int hour, int minute) {
        return ZonedDateTime.of(2026, 3, day, hour, minute, 0, 0, ZoneId.of("Europe/Berlin"));
    }

    @Test
    void holdsFromBeginToEndOnItsDays() {
        AltSchedule schedule = new AltSchedule(540, 1020, WEEKDAYS);
        assertThat(schedule.holds(march(2, 8, 59))).isFalse();
        assertThat(schedule.holds(march(2, 9, 0))).isTrue();
        assertThat(schedule.holds(march(6, 16, 59))).isTrue();
        assertThat(schedule.holds(march(6, 17, 0))).isFalse();
        assertThat(schedule.holds(march(1, 12, 0))).as("Sunday").isFalse();
        assertThat(schedule.holds(march(7, 12, 0))).as("Saturday").isFalse();
    }

    @Test
    void passesMidnightOnTheDayAfterItsDay() {
        AltSchedule schedule = new AltSchedule(1380, 60, FRIDAY);
        assertThat(schedule.holds(march(6, 23, 0))).isTrue();
        assertThat(schedule.holds(march(7, 0, 59))).as("still Friday's").isTrue();
        assertThat(schedule.holds(march(7, 1, 0))).isFalse();
        assertThat(schedule.holds(march(6, 0, 30))).as("Thursday's").isFalse();
        assertThat(schedule.holds(march(7, 23, 30))).isFalse();
    }

    @Test
    void followsTheClockOnTheWallWhenSummerTimeBegins() {
        AltSchedule schedule = new AltSchedule(180, 240, SUNDAY); // 3 to 4 o'clock
        ZonedDateTime before = march(29, 1, 59);
        assertThat(schedule.holds(before)).isFalse();
        assertThat(schedule.holds(before.plusMinutes(1))).as("it is 3 o'clock now").isTrue();
    }

    @Test
    void neverHoldsWithoutDays() {
        assertThat(new AltSchedule(0, 1439, 0).holds(march(4, 12, 0))).isFalse();
        assertThat(new AltSchedule(720, 720, 0).holds(march(4, 12, 0))).isFalse();
    }

    /** An end that is not after the begin is that of the next day in Transmission too. */
    @Test
    void holdsForAWholeDayWhenItEndsWhenItBegins() {
        AltSchedule sundays = new AltSchedule(0, 0, SUNDAY);
        assertThat(sundays.holds(march(7, 23, 59))).as("Saturday").isFalse();
        assertThat(sundays.holds(march(8, 0, 0))).isTrue();
        assertThat(sundays.holds(march(8, 23, 59))).isTrue();
        assertThat(sundays.holds(march(9, 0, 0))).as("Monday").isFalse();
        AltSchedule fromNoon = new AltSchedule(720, 720, SUNDAY);
        assertThat(fromNoon.holds(march(8, 11, 59))).isFalse();
        assertThat(fromNoon.holds(march(8, 12, 0))).isTrue();
        assertThat(fromNoon.holds(march(9, 11, 59))).as("still Sunday's").isTrue();
        assertThat(fromNoon.holds(march(9, 12, 0))).isFalse();
    }
}
