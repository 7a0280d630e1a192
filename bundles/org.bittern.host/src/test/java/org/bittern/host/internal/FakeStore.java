package org.bittern.host.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.bittern.spi.state.SessionState;
import org.bittern.spi.state.StateStore;

/** A store with one session in memory that counts how often it was closed. */
final class FakeStore implements StateStore {
    final MemorySession session = new MemorySession();
    int closings;

    @Override
    public SessionState open(Path directory) {
        return (SessionState)
                Proxy.newProxyInstance(
                        SessionState.class.getClassLoader(),
                        new Class<?>[] {SessionState.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                closings++;
                            }
                            try {
                                return method.invoke(session, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
