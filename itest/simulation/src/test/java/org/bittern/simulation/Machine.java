package org.bittern.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.engine.internal.SimEngine;
import org.bittern.peer.internal.SimProtocol;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.WebSeedProtocol;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.utp.internal.SimUtp;
import org.jspecify.annotations.Nullable;

/** A simulated computer: a line to the network, a disk, a stored session, and an engine or none. */
final class Machine {
    private static final int LOOPS = 2;
    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final long LONGEST_START_NANOS = 200_000;

    private final World world;
    private final SimHost host;
    private final SimDisk disk;
    private final SimState state = new SimState();
    private final Path downloads;
    private final Random random;
    private Settings settings;
    private Optional<WebSeedProtocol> web = Optional.empty();
    private @Nullable Duration jitter; // of its datagrams; null: it speaks TCP
    private @Nullable SimLoops loops; // null while off
    private @Nullable SimProtocol protocol; // likewise
    private EngineFactory.@Nullable Running running; // likewise
    private @Nullable SimEngine parts; // likewise
    private CheckedBuffers buffers = new CheckedBuffers(); // likewise
    private int boots;

    Machine(World world, SimHost host, Path downloads, long seed) {
        this.world = world;
        this.host = host;
        this.downloads = downloads;
        disk = new SimDisk(world.time());
        random = new Random(seed);
        settings =
                Settings.EMPTY
                        .with(EngineSettings.DOWNLOAD_DIR, downloads.toString())
                        .with(NetworkSettings.PEER_PORT, 6881)
                        .with(NetworkSettings.BIND_ADDRESS_IPV6, "")
                        .with(EngineSettings.ENCRYPTION, EngineSettings.Encryption.DISABLED)
                        .with(NetworkSettings.PORT_FORWARDING_ENABLED, false);
    }

    SimHost host() {
        return host;
    }

    SimDisk disk() {
        return disk;
    }

    CheckedBuffers buffers() {
        return buffers;
    }

    /** Changes the settings of engines that are started from now on. */
    Machine with(Settings changes) {
        settings = settings.overlaid(changes);
        return this;
    }

    /**
     * Speaks uTP and no TCP from the next start on.
     *
     * @param longer than the latency a datagram may take, so that some overtake others
     */
    Machine overUtp(Duration longer) {
        jitter = longer;
        return with(
                Settings.EMPTY
                        .with(NetworkSettings.TCP_ENABLED, false)
                        .with(NetworkSettings.UTP_ENABLED, true));
    }

    /** Reaches web servers from the next start on. */
    Machine web(WebSeedProtocol servers) {
        web = Optional.of(servers);
        return this;
    }

    /** Puts a whole payload on the disk, as if it had been there for long. */
    Machine holding(Payload payload) {
        disk.content(downloads, payload.metainfo()).fill(payload.bytes());
        return this;
    }

    // ---- engine

    /** Starts an engine; torrents of the stored session go on. */
    Machine start() {
        int boot = ++boots;
        buffers = new CheckedBuffers();
        disk.use(buffers);
        SimLoops started =
                new SimLoops(world.time(), host.toString(), LOOPS, buffers, world::unexpected);
        loops = started;
        SimEngine.Outside outside =
                new SimEngine.Outside() {
                    @Override
                    public void start(String name, Runnable task) {
                        background(boot, task);
                    }

                    @Override
                    public long usableBytes() {
                        return disk.usableBytes();
                    }
                };
        SimProtocol speaking = SimProtocol.of(task -> background(boot, task), random);
        protocol = speaking;
        SimEngine made =
                new SimEngine(started, outside)
                        .with(transport(started, boot), speaking.protocol())
                        .with(disk, world.tracker().from(host));
        web.ifPresent(made::with);
        parts = made;
        running = made.start(settings, Optional.of(state.opened()), random);
        return this;
    }

    /** The disk store is there no more, while the engine goes on. */
    void dropDisk() {
        parts().drop(disk);
    }

    /** The same with the peer protocol. */
    void dropProtocol() {
        SimProtocol old = protocol;
        if (old != null) {
            protocol = null;
            parts().drop(old.protocol());
            world.run(MOMENT); // the loops let go of it
            old.stop().run();
        }
    }

    /** Another peer protocol comes; it is used at once. */
    void useProtocol() {
        int boot = boots;
        SimProtocol next = SimProtocol.of(task -> background(boot, task), random);
        SimProtocol old = protocol;
        protocol = next;
        parts().use(next.protocol());
        world.run(MOMENT);
        if (old != null) {
            parts().drop(old.protocol());
            world.run(MOMENT);
            old.stop().run();
        }
    }

    /** The engine ends, and after a while another one of the same process goes on. */
    void exchangeEngine(Duration gap) {
        EngineFactory.Running ending = running;
        if (ending != null) {
            running = null;
            world.await(ending.suspend());
            state.close();
            world.run(gap);
            running = parts().start(settings, Optional.of(state.opened()), random);
        }
    }

    private SimEngine parts() {
        SimEngine present = parts;
        if (present == null) {
            throw new IllegalStateException(host + " is off");
        }
        return present;
    }

    private Transport transport(SimLoops started, int boot) {
        Duration late = jitter;
        return late == null
                ? new SimTransport(host, started)
                : SimUtp.of(
                        new SimDatagrams(host, started, late),
                        random,
                        task -> background(boot, task));
    }

    /** A thread of the machine: begins a little later, and never when the machine is off. */
    private void background(int boot, Runnable task) {
        world.time()
                .after(
                        random.nextLong(LONGEST_START_NANOS),
                        () -> {
                            if (boot == boots) {
                                task.run();
                            }
                        });
    }

    boolean isOn() {
        return running != null;
    }

    Engine engine() {
        EngineFactory.Running present = running;
        if (present == null) {
            throw new IllegalStateException(host + " is off");
        }
        return present.engine();
    }

    /** Lets the engine end in good order. */
    void stop() {
        EngineFactory.Running ending = running;
        if (ending != null) {
            running = null;
            world.await(ending.close());
            SimProtocol ended = protocol;
            if (ended != null) {
                ended.stop().run();
            }
            world.run(MOMENT);
            state.close();
            off(true);
        }
    }

    /** Kills the process; what it had written is in the page cache. */
    void kill() {
        off(true);
        disk.processGone();
    }

    /** Cuts the power. */
    void cutPower() {
        off(false);
        disk.powerLoss(random);
    }

    private void off(boolean tell) {
        boots++;
        running = null;
        SimLoops old = loops;
        if (old != null) {
            old.kill();
        }
        host.processGone(tell);
    }

    // ---- torrents

    Machine add(Payload payload) {
        world.await(engine().add(payload.request()));
        return this;
    }

    Torrent torrent(Payload payload) {
        return engine().torrent(payload.metainfo().infoHash()).orElseThrow();
    }

    TorrentSnapshot snapshot(Payload payload) {
        return torrent(payload).snapshot();
    }

    /** Its peers; asking takes virtual time. */
    List<PeerSnapshot> peers(Payload payload) {
        return ask(torrent(payload).peers());
    }

    boolean seeds(Payload payload) {
        return isOn() && snapshot(payload).state() == TorrentState.SEEDING;
    }

    /** Whether all bytes of the payload are on the disk. */
    boolean holds(Payload payload) {
        return Arrays.equals(disk.content(downloads, payload.metainfo()).all(), payload.bytes());
    }

    /** Whether a piece is on the disk as it should be. */
    boolean holds(Payload payload, int piece) {
        return disk.content(downloads, payload.metainfo()).isGood(piece);
    }

    /** The answer to a question, which takes virtual time. */
    <T> T ask(CompletionStage<T> question) {
        AtomicReference<T> answer = new AtomicReference<>();
        world.await(question.thenAccept(answer::set));
        return answer.get();
    }

    @Override
    public String toString() {
        return host.toString();
    }
}
