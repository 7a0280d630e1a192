package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renames that can be taken back. Owned by one move; not thread-safe. */
final class RenameSteps {
    private static final Logger log = LoggerFactory.getLogger(RenameSteps.class);

    private record Step(Path from, Path to) {}

    private final Volume volume;
    private final Deque<Step> done = new ArrayDeque<>();

    RenameSteps(Volume volume) {
        this.volume = volume;
    }

    void rename(Path from, Path to) throws IOException {
        volume.rename(from, to);
        done.push(new Step(from, to));
    }

    /**
     * Takes all back, the last first.
     *
     * @return false when something stayed where it is
     */
    boolean undo() {
        boolean all = true;
        for (Step step : done) {
            try {
                volume.rename(step.to, step.from);
            } catch (IOException e) {
                log.warn("{} could not be moved back: {}", step.to, e.getMessage());
                all = false;
            }
        }
        done.clear();
        return all;
    }
}
