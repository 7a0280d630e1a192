package org.bittern.bencode;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A list, {@code l<values>e}.
 *
 * @param values in order; an unmodifiable copy is kept
 */
public record BList(List<BValue> values) implements BValue, Iterable<BValue> {
    /** The list of nothing. */
    public static final BList EMPTY = new BList(List.of());

    public BList {
        values = List.copyOf(values);
    }

    /** A list of these values. */
    public static BList of(BValue... values) {
        return new BList(Arrays.asList(values));
    }

    /** Number of values. */
    public int size() {
        return values.size();
    }

    /** Whether there are no values. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The value at {@code index}, which is from 0 to {@code size() - 1}. */
    public BValue get(int index) {
        return values.get(index);
    }

    @Override
    public Iterator<BValue> iterator() {
        return values.iterator();
    }

    /** For messages: only the size, since a list may be deep. */
    @Override
    public String toString() {
        return "list of " + values.size();
    }
}
