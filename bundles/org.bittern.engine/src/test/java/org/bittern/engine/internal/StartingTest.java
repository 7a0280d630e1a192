package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.disk.file.internal.FileDiskStore;
import org.bittern.net.internal.TcpTransport;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.net.Transport;
import org.bittern.spi.state.SessionState;
import org.bittern.state.file.internal.FileStateStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parts come and go between the first and the second torrent that a starting engine restores. */
@Timeout(60)
class StartingTest extends TwoMachines {
    private static final int SECONDS = 30;

    private Path state;

    @BeforeEach
    void twoTorrents() throws Exception {
        state = directory.resolve("state");
        machine.start(Machine.settings(here), state);
        for (int each = 0; each < 2; each++) {
            Payload payload = Payload.single("file" + each + ".bin", 100_000, 16_384, 61 + each);
            payload.write(here);
            Waiting.state(machine.add(payload.request()), TorrentState.SEEDING);
        }
        machine.stop();
    }

    @Test
    void filesAreOpenedInTheStoreThatIsThereInTheEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        machine.parts.use(stopped(asked)); // nobody has been told yet
        Engine engine =
                restart(() -> {
                    assertThat(asked.await(SECONDS, TimeUnit.SECONDS)).isTrue();
                    machine.use(machine.nextDisk());
                });
        for (Torrent torrent : engine.torrents()) {
            Waiting.state(torrent, TorrentState.SEEDING);
        }
    }

    @Test
    void aTransportThatComesMeanwhileIsListenedOn() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        TcpTransport next = new TcpTransport(machine.loops, machine.egress);
        Transport noticed =
                proxy(
                        Transport.class,
                        (proxy, method, arguments) -> {
                            calls.add(method.getName());
                            return result(method, next, arguments);
                        });
        Engine engine = restart(() -> machine.parts.add(noticed));
        Waiting.until(() -> calls.contains("listen"));
        assertThat(done(engine.apply(Machine.settings(here)))).isNull();
        assertThat(engine.status().listenPort()).isPositive();
    }

    /** Starts an engine; {@code between} is done before the second torrent is restored. */
    private Engine restart(Step between) throws Exception {
        SessionState kept = new FileStateStore().open(state);
        AtomicInteger restored = new AtomicInteger();
        SessionState watched =
                proxy(
                        SessionState.class,
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("afterCrash")
                                    && restored.incrementAndGet() == 2) {
                                between.run();
                            }
                            return result(method, kept, arguments);
                        });
        return machine.start(Machine.settings(here), watched);
    }

    /** A store whose bundle has stopped. */
    private DiskStore stopped(CountDownLatch asked) {
        FileDiskStore store = machine.nextDisk();
        Machine.deactivate(store);
        return proxy(
                DiskStore.class,
                (proxy, method, arguments) -> {
                    if (method.getName().equals("open")) {
                        asked.countDown();
                    }
                    return result(method, store, arguments);
                });
    }

    private static Object result(Method method, Object of, Object[] arguments) throws Throwable {
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** What is done in the middle of a start. */
    private interface Step {
        void run() throws Exception;
    }
}
