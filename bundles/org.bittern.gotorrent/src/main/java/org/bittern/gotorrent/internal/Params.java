package org.bittern.gotorrent.internal;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters in the query of a call. Bodies never count: a torrent file may come with any
 * content type.
 *
 * @param values the first of each name
 */
record Params(Map<String, String> values) {
    private static final int UNPROCESSABLE = 422;

    /** Bytes of a KiB. */
    static final int KIB = 1024;

    /** Faster than any line, and less than a setting of the engine may have: KiB per second. */
    private static final double MOST_RATE = 2e9;

    /** As people and programs write them; Java reads more, such as {@code 1d} and hex. */
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");

    static Params parse(@Nullable String query) {
        Map<String, String> values = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                values.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return new Params(Map.copyOf(values));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new CallException(UNPROCESSABLE, "the query is not percent-encoded");
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A value that is there and not empty. */
    String required(String name) {
        return text(name)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> wrong(name, "is missing"));
    }

    /** 40 digits in lower case. */
    String infohash() {
        String hash = required("infohash");
        if (!hash.matches("[0-9a-fA-F]{40}")) {
            throw wrong("infohash", "is not 40 hex digits");
        }
        return hash.toLowerCase(Locale.ROOT);
    }

    boolean flag(String name, boolean otherwise) {
        return switch (text(name).orElse(Boolean.toString(otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "is neither true nor false");
        };
    }

    /** A limit in bytes per second; 0 is none. */
    OptionalLong limit(String name) {
        Optional<String> value = text(name).filter(given -> !given.isEmpty());
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!DECIMAL.matcher(value.get()).matches()) {
            throw wrong(name, "is not a number");
        }
        return OptionalLong.of(bytes(name, Double.parseDouble(value.get())));
    }

    /** The same, of a value that must be there. */
    long requiredLimit(String name) {
        required(name);
        return limit(name).orElse(0);
    }

    /**
     * Checks and converts.
     *
     * @param rate KiB per second
     */
    static long bytes(String name, double rate) {
        if (!(rate >= 0 && rate <= MOST_RATE)) {
            throw wrong(name, "is not from 0 to %.0f".formatted(MOST_RATE));
        }
        // A limit above 0 never becomes "unlimited".
        return rate == 0 ? 0 : Math.max(1, Math.round(rate * KIB));
    }

    static CallException wrong(String name, String what) {
        return new CallException(UNPROCESSABLE, name + " " + what);
    }
}
