package org.bittern.web.internal;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A list of names with '*' for any characters, case-insensitive. Immutable. */
final class Wildcards {
    private final List<Pattern> patterns;

    /**
     * Takes Transmission's form.
     *
     * @param list separated by commas or semicolons
     */
    Wildcards(String list) {
        patterns =
                Stream.of(list.split("[,;]", -1))
                        .map(name -> name.strip().toLowerCase(Locale.ROOT))
                        .filter(name -> !name.isEmpty())
                        .map(Wildcards::pattern)
                        .toList();
    }

    /** True when one of the names fits. */
    boolean match(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return patterns.stream().anyMatch(pattern -> pattern.matcher(lower).matches());
    }

    private static Pattern pattern(String name) {
        // Stars side by side are one: a pattern of many would take for ever.
        return Pattern.compile(
                Stream.of(name.split("\\*+", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }
}
