package org.bittern.bencode;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Where the entries of the outermost dictionary begin and end in the input. Filled by the reader,
 * one thread at a time.
 */
final class RawSpans {
    /** Half-open range of bytes; whether the keys of all dictionaries in it ascend. */
    record Span(int start, int end, boolean sorted) {}

    private BString[] keys = new BString[8];
    private int[] bounds = new int[16];
    private final BitSet unsorted = new BitSet();
    private int count;

    void add(BString key, int start, int end, boolean sorted) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
            bounds = Arrays.copyOf(bounds, 4 * count);
        }
        keys[count] = key;
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        unsorted.set(count, !sorted);
        count++;
    }

    Optional<Span> find(String key) {
        for (int i = 0; i < count; i++) {
            if (keys[i].is(key)) {
                return Optional.of(new Span(bounds[2 * i], bounds[2 * i + 1], !unsorted.get(i)));
            }
        }
        return Optional.empty();
    }
}
