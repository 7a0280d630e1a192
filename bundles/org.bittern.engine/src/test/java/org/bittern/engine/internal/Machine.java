package org.bittern.engine.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.disk.file.internal.FileDiskConfig;
import org.bittern.disk.file.internal.FileDiskStore;
import org.bittern.net.internal.NetConfig;
import org.bittern.net.internal.RoutedEgress;
import org.bittern.net.internal.SelectorLoops;
import org.bittern.net.internal.TcpTransport;
import org.bittern.peer.internal.WirePeerProtocol;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.state.SessionState;
import org.bittern.state.file.internal.FileStateStore;
import org.jspecify.annotations.Nullable;

/** A computer with Bittern on it: the bundles that the engine needs, wired by hand. */
final class Machine implements AutoCloseable {
    private static final int SECONDS = 30;

    final Parts parts;
    final SelectorLoops loops;
    final RoutedEgress egress = new RoutedEgress();
    private final WirePeerProtocol protocol = new WirePeerProtocol();
    private FileDiskStore disk;
    private Succession succession = new Succession(new TorrentNumbers());
    private EngineFactory.@Nullable Running running;
    private @Nullable SessionState state;

    Machine() throws Exception {
        this(Surroundings.SYSTEM);
    }

    Machine(Surroundings surroundings) throws Exception {
        loops = new SelectorLoops(defaults(NetConfig.class));
        disk = new FileDiskStore(defaults(FileDiskConfig.class), loops);
        parts = new Parts(loops, surroundings);
        parts.use(egress);
        parts.add(new TcpTransport(loops, egress));
        parts.use(protocol);
        parts.use(disk);
    }

    /** Settings for tests: loopback, any port, plaintext. */
    static Settings settings(Path downloads) {
        return Settings.EMPTY
                .with(EngineSettings.DOWNLOAD_DIR, downloads.toString())
                .with(NetworkSettings.PEER_PORT, 0)
                .with(NetworkSettings.BIND_ADDRESS_IPV4, "127.0.0.1")
                .with(NetworkSettings.BIND_ADDRESS_IPV6, "")
                .with(EngineSettings.ENCRYPTION, EngineSettings.Encryption.DISABLED)
                .with(NetworkSettings.PORT_FORWARDING_ENABLED, false);
    }

    Engine start(Settings settings) {
        running =
                EngineSession.start(
                        parts, settings, Optional.empty(), succession, new SecureRandom());
        return running.engine();
    }

    /** Starts an engine whose session is kept in a directory. */
    Engine start(Settings settings, Path stateDirectory) throws Exception {
        return start(settings, new FileStateStore().open(stateDirectory));
    }

    Engine start(Settings settings, SessionState kept) {
        state = kept;
        running =
                EngineSession.start(
                        parts, settings, Optional.of(kept), succession, new SecureRandom());
        return running.engine();
    }

    /** The engine is closed, and another one continues its session in the same process. */
    Engine exchangeEngine(Settings settings, Path stateDirectory) throws Exception {
        Succession kept = succession;
        stop(EngineFactory.Running::suspend);
        succession = kept;
        return start(settings, handedOver(new FileStateStore().open(stateDirectory)));
    }

    private static SessionState handedOver(SessionState kept) {
        return (SessionState)
                Proxy.newProxyInstance(
                        SessionState.class.getClassLoader(),
                        new Class<?>[] {SessionState.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("handedOver")
                                        ? (Object) true
                                        : method.invoke(kept, arguments));
    }

    /** Another bundle of files starts before this one stops. */
    void exchangeDisk() {
        FileDiskStore old = disk;
        use(nextDisk());
        parts.drop(old);
        deactivate(old);
    }

    FileDiskStore nextDisk() {
        return new FileDiskStore(defaults(FileDiskConfig.class), loops);
    }

    /** The bundle of files stops. */
    void dropDisk() {
        parts.drop(disk);
        deactivate(disk);
    }

    /** The same, and who unbinds it waits until the engine has let go of it. */
    void leaveDisk() throws Exception {
        parts.drop(disk);
        ((EngineSession) engine()).caughtUp().get(SECONDS, TimeUnit.SECONDS);
        deactivate(disk);
    }

    /** The one that the machine begins with. */
    WirePeerProtocol protocol() {
        return protocol;
    }

    /** A bundle of the peer protocol stops. */
    void leave(WirePeerProtocol old) {
        parts.drop(old);
        LoopBarrier.pass(loops.loops());
        deactivate(old);
    }

    /** The next bundle of files starts. */
    void use(FileDiskStore next) {
        disk = next;
        parts.use(next);
    }

    Engine engine() {
        if (running == null) {
            throw new IllegalStateException("no engine was started");
        }
        return running.engine();
    }

    Torrent add(AddTorrent request) throws Exception {
        return engine().add(request).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS).torrent();
    }

    /** Closes the engine, not the machine. The next one is that of another process. */
    void stop() {
        stop(EngineFactory.Running::close);
    }

    private void stop(Function<EngineFactory.Running, CompletionStage<Void>> how) {
        succession = new Succession(new TorrentNumbers());
        if (running != null) {
            how.apply(running).toCompletableFuture().orTimeout(SECONDS, TimeUnit.SECONDS).join();
            running = null;
        }
        if (state != null) {
            state.close();
            state = null;
        }
    }

    @Override
    public void close() {
        stop();
        deactivate(disk);
        deactivate(loops);
    }

    static void deactivate(Object component) {
        try {
            Method stop = component.getClass().getDeclaredMethod("stop");
            stop.setAccessible(true);
            stop.invoke(component);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A configuration with all defaults. */
    private static <T> T defaults(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> method.getDefaultValue()));
    }
}
