package org.bittern.net.internal;

import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys that one select found ready. Owned by its loop; not thread-safe.
 *
 * <p>They are collected first and served afterwards, because a selector must not be asked to flush
 * its cancelled keys while it is in the middle of a select.
 */
final class ReadyKeys implements Consumer<SelectionKey> {
    private static final int INITIAL_PLACES = 256;

    private @Nullable SelectionKey[] keys = new SelectionKey[INITIAL_PLACES];
    private int count;

    /** Called by the selector. */
    @Override
    public void accept(SelectionKey key) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
        }
        keys[count++] = key;
    }

    int count() {
        return count;
    }

    /** Gives out a key once; null when it was closed or moved by an earlier one of this turn. */
    @Nullable SelectionKey take(int index) {
        SelectionKey key = keys[index];
        keys[index] = null; // a closed connection must not stay reachable from here
        return key != null && key.isValid() ? key : null;
    }

    void clear() {
        count = 0;
    }
}
