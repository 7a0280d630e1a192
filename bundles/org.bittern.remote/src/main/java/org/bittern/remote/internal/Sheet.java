package org.bittern.remote.internal;

import java.util.ArrayList;
import java.util.List;

/** Names and values below each other, for people; what has no value has no line. */
final class Sheet {
    private static final int NAME_WIDTH = 16;

    private final List<String> lines = new ArrayList<>();

    /**
     * Adds a line.
     *
     * @param value empty: nothing to say
     */
    void add(String name, String value) {
        if (!value.isEmpty()) {
            lines.add(name + " ".repeat(Math.max(1, NAME_WIDTH - name.length())) + value);
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
