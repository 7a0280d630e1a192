package org.bittern.rpc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How names of the legacy dialect (kebab-case and camelCase) become those of JSON-RPC. */
public final class Names {
    /** Names that the rule does not give. */
    private static final Map<String, String> RENAMED = Map.of("cache_size_mb", "cache_size_mib");

    /** Names of our own answers: a few hundred. */
    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private Names() {}

    /**
     * The snake_case form: {@code rateDownload}, {@code rate-download} and {@code rate_download}
     * become {@code rate_download}.
     */
    public static String snake(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '-') {
                snake.append('_');
            } else if (Character.isUpperCase(c)) {
                char before = i == 0 ? '_' : name.charAt(i - 1);
                if (Character.isLowerCase(before) || Character.isDigit(before)) {
                    snake.append('_');
                }
                snake.append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        String plain = snake.toString();
        return RENAMED.getOrDefault(plain, plain);
    }

    /** {@link #snake} for names of our own, which are few: remembers them. */
    static String snakeOfOurs(String name) {
        return KNOWN.computeIfAbsent(name, Names::snake);
    }
}
