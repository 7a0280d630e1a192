package org.bittern.bencode;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where the entries of the outermost dictionary begin and end in the input. Filled by the reader,
 * one thread at a time.
 */
final class RawSpans {
    /** Half-open range of bytes. */
    record Span(int start, int end) {}

    private BString[] keys = new BString[8];
    private int[] bounds = new int[16];
    private int count;

    void add(BString key, int start, int end) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
            bounds = Arrays.copyOf(bounds, 4 * count);
        }
        keys[count] = key;
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        count++;
    }

    Optional<Span> find(String key) {
        for (int i = 0; i < count; i++) {
            if (keys[i].is(key)) {
                return Optional.of(new Span(bounds[2 * i], bounds[2 * i + 1]));
            }
        }
        return Optional.empty();
    }
}
