package org.bittern.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A configuration value as ConfigAdmin takes it: strings, longs, doubles and booleans stay, an
 * array becomes an array of strings. Components convert to the type that they declare, so
 * Compendium's type suffixes ({@code port:Integer}) are not needed.
 */
final class ConfigurationValue {
    private ConfigurationValue() {}

    static Object of(Path file, Object json) throws LaunchException {
        // A switch on types makes code when it first runs, and that is during each start.
        if (json instanceof String
                || json instanceof Long
                || json instanceof Double
                || json instanceof Boolean) {
            return json;
        }
        if (json instanceof List<?> elements) {
            return strings(file, elements);
        }
        throw new LaunchException(file + ": no configuration value: " + json);
    }

    private static String[] strings(Path file, List<?> elements) throws LaunchException {
        List<String> strings = new ArrayList<>();
        for (Object element : elements) {
            if (element instanceof List<?>) {
                throw new LaunchException(file + ": array in an array: " + elements);
            }
            strings.add(String.valueOf(of(file, element)));
        }
        return strings.toArray(new String[0]);
    }
}
