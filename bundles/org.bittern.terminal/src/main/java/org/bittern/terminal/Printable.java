package org.bittern.terminal;

import java.util.Locale;

/** Texts and quantities for people. */
public final class Printable {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3600;
    private static final int SECONDS_PER_DAY = 86_400;

    private Printable() {}

    /** A foreign text on one line, without control characters and without direction overrides. */
    public static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    int type = Character.getType(c);
                    boolean hidden =
                            type == Character.CONTROL
                                    || type == Character.FORMAT
                                    || type == Character.LINE_SEPARATOR
                                    || type == Character.PARAGRAPH_SEPARATOR;
                    line.appendCodePoint(hidden ? '?' : c);
                });
        return line.toString();
    }

    /** A size with a unit of 1024: {@code 1.5 MiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** A duration: {@code 42s}, {@code 3m07s}, {@code 2h05m}, {@code 4d06h}. */
    public static String duration(long seconds) {
        if (seconds < SECONDS_PER_MINUTE) {
            return seconds + "s";
        }
        if (seconds < SECONDS_PER_HOUR) {
            return String.format(
                    Locale.ROOT,
                    "%dm%02ds",
                    seconds / SECONDS_PER_MINUTE,
                    seconds % SECONDS_PER_MINUTE);
        }
        if (seconds < SECONDS_PER_DAY) {
            return String.format(
                    Locale.ROOT,
                    "%dh%02dm",
                    seconds / SECONDS_PER_HOUR,
                    seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
        }
        return String.format(
                Locale.ROOT,
                "%dd%02dh",
                seconds / SECONDS_PER_DAY,
                seconds % SECONDS_PER_DAY / SECONDS_PER_HOUR);
    }
}
