package org.bittern.daemon.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches SIGHUP. The JDK has no supported way; {@code sun.misc.Signal} of the module
 * jdk.unsupported has been the way for long, and is looked for at run time only.
 */
final class HangUp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HangUp.class);
    private static final String NAME = "HUP";

    private volatile Runnable action;

    private HangUp(Runnable action) {
        this.action = action;
    }

    /**
     * From now on the signal runs an action, on a thread of its own, instead of ending the process.
     * Where there is no such signal nothing happens.
     */
    static HangUp handledBy(Runnable action) {
        HangUp hangUp = new HangUp(action);
        ClassLoader system = ClassLoader.getSystemClassLoader();
        try {
            Class<?> signal = system.loadClass("sun.misc.Signal");
            Class<?> handler = system.loadClass("sun.misc.SignalHandler");
            Method handle = signal.getMethod("handle", signal, handler);
            Object proxy =
                    Proxy.newProxyInstance(
                            system,
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            hangUp.action.run();
                                            yield null;
                                        }
                                        case "equals" -> false; // nobody compares handlers
                                        case "hashCode" -> System.identityHashCode(hangUp);
                                        default -> "SIGHUP";
                                    });
            handle.invoke(null, signal.getConstructor(String.class).newInstance(NAME), proxy);
        } catch (ReflectiveOperationException e) {
            log.debug("SIGHUP is not handled", e);
        }
        return hangUp;
    }

    /** The signal is ignored from now on: the framework may be ending. */
    @Override
    public void close() {
        action = () -> {};
    }
}
