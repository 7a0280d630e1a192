package org.bittern.stream.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The conditions of a request (RFC 9110, 13), in the order of 13.2.2.
 *
 * @param etag strong entity tag without quotes
 * @param modified of the file, whole seconds count
 * @param header all values of a request header
 */
record Preconditions(String etag, Instant modified, Function<String, List<String>> header) {
    /** Empty elements of a list are ignored (5.6.1). */
    private static final Pattern TAG = Pattern.compile("[\\s,]*(W/)?\"([^\"]*)\"\\s*(?:,|$)");

    /** Years of two digits are from here on; no file is older. */
    private static final int FIRST_SHORT_YEAR = 1970;

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /** All that a recipient must read (5.6.7): today's form, that of RFC 850, that of asctime. */
    private static final List<DateTimeFormatter> READ_DATES =
            List.of(
                    HTTP_DATE,
                    new DateTimeFormatterBuilder()
                            .appendPattern("EEEE, dd-MMM-")
                            .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_SHORT_YEAR)
                            .appendPattern(" HH:mm:ss 'GMT'")
                            .toFormatter(Locale.ENGLISH)
                            .withZone(ZoneOffset.UTC),
                    DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                            .withZone(ZoneOffset.UTC));

    /** What becomes of the request. */
    enum Outcome {
        PROCEED,
        /** 304. */
        NOT_MODIFIED,
        /** 412. */
        FAILED
    }

    static String httpDate(Instant moment) {
        return HTTP_DATE.format(moment);
    }

    /** Judges all conditions but If-Range; for GET and HEAD. */
    Outcome outcome() {
        List<String> match = header.apply("If-Match");
        if (!match.isEmpty()) {
            if (!matches(match, true)) {
                return Outcome.FAILED;
            }
        } else if (date("If-Unmodified-Since").filter(this::changedSince).isPresent()) {
            return Outcome.FAILED;
        }
        List<String> noneMatch = header.apply("If-None-Match");
        if (!noneMatch.isEmpty()) {
            return matches(noneMatch, false) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
        }
        Optional<Instant> since = date("If-Modified-Since");
        return since.isPresent() && !changedSince(since.get())
                ? Outcome.NOT_MODIFIED
                : Outcome.PROCEED;
    }

    /** Whether the header Range counts: false when If-Range names another version. */
    boolean rangeCounts() {
        List<String> values = header.apply("If-Range");
        if (values.isEmpty()) {
            return true;
        }
        String value = values.getFirst().strip();
        if (value.startsWith("\"")) {
            return value.equals('"' + etag + '"');
        }
        return parse(value).filter(seconds()::equals).isPresent();
    }

    private Instant seconds() {
        return modified.truncatedTo(ChronoUnit.SECONDS);
    }

    private boolean changedSince(Instant then) {
        return seconds().isAfter(then);
    }

    /**
     * Whether a list names the file.
     *
     * @param strong a weak tag matches nothing
     */
    private boolean matches(List<String> values, boolean strong) {
        for (String value : values) {
            if (value.strip().equals("*")) {
                return true;
            }
            Matcher tags = TAG.matcher(value);
            while (tags.lookingAt()) {
                if (tags.group(2).equals(etag) && !(strong && tags.group(1) != null)) {
                    return true;
                }
                tags.region(tags.end(), value.length());
            }
        }
        return false;
    }

    private Optional<Instant> date(String name) {
        List<String> values = header.apply(name);
        return values.isEmpty() ? Optional.empty() : parse(values.getFirst().strip());
    }

    /** A date that cannot be read counts as absent (13.1.3). */
    private static Optional<Instant> parse(String text) {
        for (DateTimeFormatter form : READ_DATES) {
            try {
                return Optional.of(Instant.from(form.parse(text)));
            } catch (DateTimeException e) {
                // It may have the next form.
            }
        }
        return Optional.empty();
    }
}
