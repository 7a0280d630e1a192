package org.bittern.engine.internal;

import java.nio.charset.StandardCharsets;

/** Rules for names that users give to files. */
final class FileNames {
    private static final int MOST_BYTES = 240; // most file systems: 255, less what tools append

    private FileNames() {}

    /** Whether this can be one element of a path, and nothing but that. */
    static boolean isSafe(String name) {
        return !name.isBlank()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\\') < 0
                && name.chars().noneMatch(Character::isISOControl)
                && name.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    }
}
