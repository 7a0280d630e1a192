package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A store that a torrent has left and that is not closed yet, and who waits for that. There is one
 * at most: two stores at a time would write to the same files. Owned by the torrent's loop.
 */
final class Leaving {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean underWay;

    boolean isUnderWay() {
        return underWay;
    }

    void begin() {
        underWay = true;
    }

    /** Runs something when it is closed; at once when there is none. */
    void then(Runnable action) {
        if (underWay) {
            waiting.add(action);
        } else {
            action.run();
        }
    }

    void over() {
        underWay = false;
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }
}
