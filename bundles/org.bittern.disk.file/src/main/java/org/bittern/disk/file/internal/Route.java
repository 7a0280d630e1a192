package org.bittern.disk.file.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A torrent's way to the threads of its device. Until the device is known (asking for it may block
 * for as long as a dead network mount likes) work is kept in order. Thread-safe: the monitor guards
 * the list of what is kept, nothing slow happens under it.
 */
final class Route {
    private final List<Consumer<Device>> kept = new ArrayList<>(1); // of the preparation
    private volatile @Nullable Device device; // null until attach

    /** Says where the torrent lies, also after it was moved. */
    void attach(Device found) {
        synchronized (kept) {
            device = found;
            kept.forEach(work -> work.accept(found));
            kept.clear();
        }
    }

    /** See {@link Device#submit}. */
    void submit(Runnable work) {
        to(found -> found.submit(work));
    }

    /** See {@link Device#age}. */
    void age(Device.Aging work) {
        to(found -> found.age(work));
    }

    /** See {@link Device#bulk}. */
    void bulk(Runnable work) {
        to(found -> found.bulk().execute(work));
    }

    /** See {@link Device#moves}. */
    void move(Runnable work) {
        to(found -> found.moves().execute(work));
    }

    /** Calls back with the device, at once when it is known. */
    void to(Consumer<Device> work) {
        Device known = device;
        if (known == null) {
            synchronized (kept) {
                known = device;
                if (known == null) {
                    kept.add(work);
                    return;
                }
            }
        }
        work.accept(known);
    }
}
