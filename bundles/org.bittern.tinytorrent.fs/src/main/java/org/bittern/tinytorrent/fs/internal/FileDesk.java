package org.bittern.tinytorrent.fs.internal;

import java.time.Duration;
import java.util.List;
import org.bittern.rpc.paths.PathDesk;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** What the methods share: threads that may hang, and the directories they may see. */
@Component(service = FileDesk.class, configurationPid = FsConfig.PID)
@Designate(ocd = FsConfig.class)
public final class FileDesk {
    private static final int MIN_MILLIS = 100;
    private static final int MAX_MILLIS = 60_000;

    private final PathDesk desk;
    private final Roots roots;

    @Activate
    public FileDesk(FsConfig config) {
        this(List.of(config.roots()), Duration.ofMillis(config.timeout_millis()));
    }

    /**
     * A desk without callers.
     *
     * @param limit how long a call may take
     */
    FileDesk(List<String> roots, Duration limit) {
        long millis = limit.toMillis();
        if (millis < MIN_MILLIS || millis > MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "timeout.millis " + millis + ": allowed are 100 to 60000");
        }
        this.roots = Roots.of(roots);
        desk = new PathDesk("bt-fs", limit);
    }

    PathDesk paths() {
        return desk;
    }

    Roots roots() {
        return roots;
    }

    @Deactivate
    void close() {
        desk.close();
    }
}
