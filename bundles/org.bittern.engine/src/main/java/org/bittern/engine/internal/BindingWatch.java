package org.bittern.engine.internal;

import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;

/**
 * Looks at the interfaces of the machine while the addresses of a session depend on them. Used by
 * the clerk, one thread at a time; ends with him.
 *
 * <p>The JDK tells nobody when an interface comes or goes, so there is nothing but to look.
 */
final class BindingWatch {
    /** Until we notice that an interface has gone. Its sockets fail before. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SessionScope scope;
    private final Doorway doorway;
    private final Clerk clerk;
    private boolean watching; // a look is due

    BindingWatch(SessionScope scope, Doorway doorway, Clerk clerk) {
        this.scope = scope;
        this.doorway = doorway;
        this.clerk = clerk;
    }

    /** Begins when there is something to watch. */
    void look() {
        if (!watching && scope.binding().restless()) {
            watching = true;
            EventLoop loop = scope.parts().loops().loops().getFirst();
            loop.schedule(LOOK_NANOS, () -> clerk.tell(this::lookAgain));
        }
    }

    private void lookAgain() {
        watching = false;
        doorway.interfacesChanged();
        look();
    }
}
