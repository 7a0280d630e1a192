package org.bittern.remote.internal;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.terminal.CommandFailure;

/** Rates as people type them. */
final class Rate {
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([kmg]?)");
    private static final int STEP = 1000;

    /** More than this would not fit into what the RPC carries, in kB/s. */
    private static final long MAX_KILOBYTES = Integer.MAX_VALUE;

    private Rate() {}

    /**
     * Reads a rate or {@code off}.
     *
     * @param text a number of kB/s (1000 bytes), or one with k, M or G
     * @return kB/s, rounded up; empty: off
     */
    static OptionalLong parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("off")) {
            return OptionalLong.empty();
        }
        Matcher rate = RATE.matcher(lower);
        if (!rate.matches()) {
            throw wrong(text);
        }
        long unit =
                switch (rate.group(2)) {
                    case "m" -> STEP;
                    case "g" -> (long) STEP * STEP;
                    default -> 1;
                };
        long kilobytes =
                new BigDecimal(rate.group(1))
                        .multiply(BigDecimal.valueOf(unit))
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact();
        if (kilobytes > MAX_KILOBYTES) {
            throw wrong(text);
        }
        return OptionalLong.of(kilobytes);
    }

    private static CommandFailure wrong(String text) {
        return new CommandFailure(
                "'" + text + "' is no rate: kB/s such as 500, 1.5M, or off",
                null,
                CommandFailure.EXIT_USAGE);
    }
}
