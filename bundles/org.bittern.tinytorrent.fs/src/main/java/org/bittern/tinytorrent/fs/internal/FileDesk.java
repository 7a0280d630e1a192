package org.bittern.tinytorrent.fs.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.paths.PathDesk;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** What the methods share: threads that may hang, and the directories they may see. */
@Component(service = FileDesk.class, configurationPid = FsConfig.PID)
@Designate(ocd = FsConfig.class)
public final class FileDesk {
    private static final int MIN_MILLIS = 100;
    private static final int MAX_MILLIS = 60_000;

    private final PathDesk desk = new PathDesk("bt-fs");
    private volatile Roots roots;
    private volatile Duration limit;

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
        this.roots = Roots.of(roots);
        this.limit = checked(limit);
    }

    /** A changed configuration must not take the methods away for a moment. */
    @Modified
    void modified(FsConfig config) {
        limit = checked(Duration.ofMillis(config.timeout_millis()));
        roots = Roots.of(List.of(config.roots()));
    }

    private static Duration checked(Duration limit) {
        long millis = limit.toMillis();
        if (millis < MIN_MILLIS || millis > MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "timeout.millis " + millis + ": allowed are 100 to 60000");
        }
        return limit;
    }

    /** Looks within the limit of a call. */
    <T> T look(Path path, PathDesk.Look<T> look) throws RpcException {
        return desk.ask(path, limit, look);
    }

    Roots roots() {
        return roots;
    }

    @Deactivate
    void close() {
        desk.close();
    }
}
