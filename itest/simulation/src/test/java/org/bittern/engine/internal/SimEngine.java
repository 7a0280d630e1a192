package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.Settings;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.PeerProtocol;
import org.bittern.spi.peer.WebSeedProtocol;
import org.bittern.spi.state.SessionState;

/** Opens the bundle's engine to simulations: all that it is made of is given to it. */
public final class SimEngine {
    private final Parts parts;
    private final Succession succession = new Succession(new TorrentNumbers());

    /** What may block, and how much fits on the disk. */
    public interface Outside {
        void start(String name, Runnable task);

        long usableBytes();
    }

    public SimEngine(LoopGroup loops, Outside outside) {
        parts =
                new Parts(
                        loops,
                        new Surroundings() {
                            @Override
                            public void start(String name, Runnable task) {
                                outside.start(name, task);
                            }

                            @Override
                            public long usableBytes(Path directory) throws IOException {
                                return outside.usableBytes();
                            }
                        });
    }

    public SimEngine with(Transport transport, PeerProtocol protocol) {
        parts.add(transport);
        parts.use(protocol);
        return this;
    }

    public SimEngine with(DiskStore store, PeerFinder finder) {
        parts.use(store);
        parts.add(finder);
        return this;
    }

    public SimEngine with(WebSeedProtocol webSeeds) {
        parts.use(webSeeds);
        return this;
    }

    /** The bundle of the disk store stops. */
    public void drop(DiskStore store) {
        parts.drop(store);
    }

    /** The bundle of the peer protocol stops. */
    public void drop(PeerProtocol protocol) {
        parts.drop(protocol);
    }

    /** A bundle of the peer protocol starts. */
    public void use(PeerProtocol protocol) {
        parts.use(protocol);
    }

    public EngineFactory.Running start(
            Settings settings, Optional<SessionState> state, RandomGenerator random) {
        return EngineSession.start(parts, settings, state, succession, random);
    }
}
