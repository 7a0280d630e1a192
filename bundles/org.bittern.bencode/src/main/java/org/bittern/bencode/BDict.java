package org.bittern.bencode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A dictionary, {@code d<key><value>...e}: keys are byte strings, each at most once, kept in the
 * order of their raw bytes (BEP 3) whatever the order of the input was. A typed look-up of an entry
 * that is there, but of another kind, is empty like one of an absent entry: what a peer sends wrong
 * is treated as not sent.
 */
public final class BDict implements BValue {
    /** The dictionary of nothing. */
    public static final BDict EMPTY = new BDict(new BString[0], new BValue[0]);

    private final BString[] keys;
    private final BValue[] values;

    /** Takes both arrays over; keys ascend strictly. */
    private BDict(BString[] keys, BValue[] values) {
        this.keys = keys;
        this.values = values;
    }

    static BDict sorted(BString[] keys, BValue[] values) {
        return keys.length == 0 ? EMPTY : new BDict(keys, values);
    }

    /** A dictionary of these entries. */
    public static BDict of(Map<String, ? extends BValue> entries) {
        Builder builder = builder();
        entries.forEach((key, value) -> builder.put(key, value));
        return builder.build();
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with this dictionary's entries. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        forEach((key, value) -> builder.put(key, value));
        return builder;
    }

    /** Number of entries. */
    public int size() {
        return keys.length;
    }

    /** Whether there are no entries. */
    public boolean isEmpty() {
        return keys.length == 0;
    }

    /** The keys in the order of their bytes; unmodifiable. */
    public List<BString> keys() {
        return Collections.unmodifiableList(Arrays.asList(keys));
    }

    /** Calls {@code visitor} for each entry in the order of the keys' bytes. */
    public void forEach(BiConsumer<BString, BValue> visitor) {
        for (int i = 0; i < keys.length; i++) {
            visitor.accept(keys[i], values[i]);
        }
    }

    BString keyAt(int index) {
        return keys[index];
    }

    BValue valueAt(int index) {
        return values[index];
    }

    /** Whether there is an entry for {@code key}. */
    public boolean has(String key) {
        return indexOf(key) >= 0;
    }

    /** The value for {@code key} (taken as UTF-8), of whatever kind. */
    public Optional<BValue> get(String key) {
        int index = indexOf(key);
        return index < 0 ? Optional.empty() : Optional.of(values[index]);
    }

    /** The value for a key that need not be text. */
    public Optional<BValue> get(BString key) {
        int index = Arrays.binarySearch(keys, key);
        return index < 0 ? Optional.empty() : Optional.of(values[index]);
    }

    /** The string for {@code key}; empty if there is none or if it is not a string. */
    public Optional<BString> string(String key) {
        int index = indexOf(key);
        return index >= 0 && values[index] instanceof BString string
                ? Optional.of(string)
                : Optional.empty();
    }

    /** The string for {@code key} read as UTF-8, malformed sequences as U+FFFD. */
    public Optional<String> text(String key) {
        return string(key).map(BString::utf8);
    }

    /** The integer for {@code key}; empty if there is none or if it is not an integer. */
    public OptionalLong integer(String key) {
        int index = indexOf(key);
        return index >= 0 && values[index] instanceof BInteger integer
                ? OptionalLong.of(integer.value())
                : OptionalLong.empty();
    }

    /** The list for {@code key}; empty if there is none or if it is not a list. */
    public Optional<BList> list(String key) {
        int index = indexOf(key);
        return index >= 0 && values[index] instanceof BList list
                ? Optional.of(list)
                : Optional.empty();
    }

    /** The dictionary for {@code key}; empty if there is none or if it is not a dictionary. */
    public Optional<BDict> dict(String key) {
        int index = indexOf(key);
        return index >= 0 && values[index] instanceof BDict dict
                ? Optional.of(dict)
                : Optional.empty();
    }

    private int indexOf(String key) {
        byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
        int low = 0;
        int high = keys.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = keys[middle].compareTo(wanted);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BDict that
                && Arrays.equals(keys, that.keys)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
    }

    /** For messages: only the keys, since a dictionary may be deep. */
    @Override
    public String toString() {
        return "dictionary of "
                + keys().stream().limit(16).toList()
                + (keys.length > 16 ? "..." : "");
    }

    /**
     * Collects entries for a dictionary; one thread at a time. Entries may be put in any order; a
     * later one replaces an earlier one.
     */
    public static final class Builder {
        private final TreeMap<BString, BValue> entries = new TreeMap<>();

        private Builder() {}

        /** Puts a value of any kind. */
        public Builder put(String key, BValue value) {
            return put(BString.of(key), value);
        }

        /** Puts a value under a key that need not be text. */
        public Builder put(BString key, BValue value) {
            entries.put(key, value);
            return this;
        }

        /** Puts an integer. */
        public Builder put(String key, long value) {
            return put(key, BInteger.of(value));
        }

        /** Puts a text as UTF-8. */
        public Builder put(String key, String value) {
            return put(key, BString.of(value));
        }

        /** Puts bytes, which are copied. */
        public Builder put(String key, byte[] value) {
            return put(key, new BString(value));
        }

        /** Puts a list. */
        public Builder put(String key, List<? extends BValue> values) {
            return put(key, new BList(List.copyOf(values)));
        }

        /** The dictionary of what was put. The builder may go on. */
        public BDict build() {
            return sorted(
                    entries.keySet().toArray(BString[]::new),
                    entries.values().toArray(BValue[]::new));
        }
    }
}
