package org.bittern.engine.internal.limits;

import java.time.ZonedDateTime;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;

/**
 * When the alternative rate limits hold, by the local clock. Immutable.
 *
 * @param begin minutes after midnight
 * @param end minutes after midnight; not after the begin: of the next day
 * @param days days on which it begins: 1 Sunday, 2 Monday, … 64 Saturday, added up
 */
public record AltSchedule(int begin, int end, int days) {
    private static final int DAYS = 7;
    private static final int MINUTES_PER_HOUR = 60;

    public static AltSchedule of(Settings settings) {
        return new AltSchedule(
                settings.get(EngineSettings.ALT_SPEED_TIME_BEGIN),
                settings.get(EngineSettings.ALT_SPEED_TIME_END),
                settings.get(EngineSettings.ALT_SPEED_TIME_DAY));
    }

    /** Whether a key belongs to the schedule. */
    public static boolean concerns(Setting<?> key) {
        return key.equals(EngineSettings.ALT_SPEED_TIME_ENABLED)
                || key.equals(EngineSettings.ALT_SPEED_TIME_BEGIN)
                || key.equals(EngineSettings.ALT_SPEED_TIME_END)
                || key.equals(EngineSettings.ALT_SPEED_TIME_DAY);
    }

    /** Whether they hold at this moment. */
    public boolean holds(ZonedDateTime now) {
        int minute = now.getHour() * MINUTES_PER_HOUR + now.getMinute();
        int today = now.getDayOfWeek().getValue() % DAYS; // Sunday is 0
        int yesterday = (today + DAYS - 1) % DAYS;
        if (begin < end) {
            return begins(today) && minute >= begin && minute < end;
        }
        return (begins(today) && minute >= begin) || (begins(yesterday) && minute < end);
    }

    private boolean begins(int day) {
        return (days >> day & 1) == 1;
    }
}
