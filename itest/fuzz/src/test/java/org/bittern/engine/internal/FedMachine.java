package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.fuzz.FedConnection;
import org.bittern.peer.internal.WirePeerProtocol;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.net.Transport;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;

/**
 * An engine with the real peer protocol on one loop, whose clock, disk and network are an input's.
 */
final class FedMachine {
    private static final long SOON_NANOS = 1_000;

    private final VirtualTime time = new VirtualTime();
    private final CheckedBuffers buffers = new CheckedBuffers();
    private final VirtualLoop loop = new VirtualLoop(time, "loop", buffers);
    private final List<FedConnection> connections = new ArrayList<>();
    private final Door door = new Door("tcp");
    private final EngineFactory.Running running;

    /**
     * @param whole files of torrents are there, and good
     */
    FedMachine(boolean whole) {
        Parts parts =
                new Parts(
                        new OneLoop(),
                        new Surroundings() {
                            @Override
                            public void start(String name, Runnable task) {
                                soon(task);
                            }

                            @Override
                            public long usableBytes(Path directory) {
                                return Long.MAX_VALUE;
                            }
                        });
        parts.add(door);
        parts.add(new Door("utp")); // or peers would not be introduced to each other
        parts.use(new WirePeerProtocol(this::soon, new Random(1)));
        parts.use(new FedStore(buffers, whole));
        Settings settings =
                Settings.EMPTY
                        .with(EngineSettings.DOWNLOAD_DIR, System.getProperty("java.io.tmpdir"))
                        .with(NetworkSettings.PEER_PORT, 6_881)
                        .with(NetworkSettings.BIND_ADDRESS_IPV6, "")
                        .with(NetworkSettings.PORT_FORWARDING_ENABLED, false);
        running =
                EngineSession.start(
                        parts,
                        settings,
                        Optional.empty(),
                        new Succession(new TorrentNumbers()),
                        new Random(2));
    }

    private void soon(Runnable task) {
        time.after(SOON_NANOS, task);
    }

    void run(Duration span) {
        time.run(span);
    }

    Torrent add(AddTorrent request) {
        var ignored = running.engine().add(request);
        run(Duration.ofSeconds(1));
        return running.engine().torrents().getFirst();
    }

    /** Connections that there were so far, dialled by strangers or by us. */
    List<FedConnection> connections() {
        return connections;
    }

    /** Somebody dials us. */
    FedConnection knock(InetSocketAddress from) {
        FedConnection connection = new FedConnection(loop, from);
        connections.add(connection);
        loop.turn(() -> door.acceptor.accept(connection));
        return connection;
    }

    /** Nothing was our own mistake, and no memory is out of bounds. */
    void check() {
        for (Torrent torrent : running.engine().torrents()) {
            Optional<TorrentError> error = torrent.snapshot().error();
            if (error.filter(it -> it.kind() == TorrentError.Kind.INTERNAL).isPresent()) {
                throw new AssertionError(error.get().message());
            }
        }
        if (buffers.usedBytes() > 16 << 20) {
            throw new AssertionError(buffers.usedBytes() + " bytes of buffers");
        }
    }

    /** Ends in good order; then all memory has come back. */
    void end() {
        connections.forEach(FedConnection::end);
        run(Duration.ofSeconds(1));
        check();
        var ignored = running.close();
        run(Duration.ofSeconds(40)); // handshakes have come to their ends, too
        if (buffers.usedBytes() != 0) {
            throw new AssertionError(buffers.usedBytes() + " bytes are lost");
        }
    }

    /** The one loop; rates have no limits. */
    private final class OneLoop implements LoopGroup {
        @Override
        public List<EventLoop> loops() {
            return List.of(loop);
        }

        @Override
        public EventLoop next() {
            return loop;
        }

        @Override
        public RateBucket bucket(long bytesPerSecond, RateLimit parent) {
            return new RateBucket() {
                @Override
                public void rate(long changed) {
                    // there is no limit
                }

                @Override
                public int take(int wanted) {
                    return wanted;
                }

                @Override
                public void giveBack(int bytes) {
                    // nothing was counted
                }

                @Override
                public long nanosUntilMore() {
                    return 0;
                }
            };
        }
    }

    /** Where strangers come in; whom we dial is always there. */
    private final class Door implements Transport {
        private final String name;
        private Consumer<Connection> acceptor = Connection::close;

        Door(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Listener listen(InetSocketAddress local, Consumer<Connection> taker) {
            acceptor = taker;
            return new Listener() {
                @Override
                public InetSocketAddress local() {
                    return local;
                }

                @Override
                public void close() {
                    acceptor = Connection::close;
                }
            };
        }

        @Override
        public void connect(
                EventLoop on,
                InetSocketAddress local,
                InetSocketAddress remote,
                long timeoutNanos,
                Dial handler) {
            FedConnection connection = new FedConnection(on, remote);
            connections.add(connection);
            on.execute(() -> handler.connected(connection));
        }
    }
}
