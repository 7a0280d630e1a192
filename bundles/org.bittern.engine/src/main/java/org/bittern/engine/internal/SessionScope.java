package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ObjIntConsumer;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.engine.internal.limits.SpeedTree;
import org.bittern.engine.internal.queue.CheckQueue;
import org.bittern.engine.internal.queue.TurnQueue;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.net.Transport;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;

/** What the torrents of a session share. Thread-safe. */
final class SessionScope {
    /** Version of the product. */
    static final String VERSION = "0.1.0";

    /** Our name towards peers, in the extension handshake (BEP 10). */
    static final String CLIENT = "Bittern " + VERSION;

    /** First part of our peer ids (BEP 20). */
    static final String PEER_ID_PREFIX = "-BN0100-";

    /** Snapshots of one torrent are at least this far apart, unless its state changes. */
    static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(100);

    private static final int MIB_SHIFT = 20;

    private final Parts parts;
    private final SpeedTree speeds;
    private final TurnQueue turns = new TurnQueue();
    private final CheckQueue checks = new CheckQueue();
    private final Ledger ledger;
    private final StoredSettings stored;
    private final PolicyBook policies;
    private final Statistics statistics;
    private final ConnectBudget budget;
    private final Archive archive;
    private final Succession succession;
    private final RandomGenerator random;
    private final Pressure pressure;
    private final Instant started;
    private final EventHub events;
    private final ChangeLog changes = new ChangeLog();
    private volatile ObjIntConsumer<Boolean> remover = (deleteData, number) -> {};
    private volatile Settings settings;
    private volatile Binding binding;
    private volatile int listenPort;
    private volatile boolean handsOver;
    private volatile int mappedPort; // 0 unless a router forwards another one

    SessionScope(
            Parts parts,
            Settings settings,
            Optional<SessionState> state,
            Succession succession,
            RandomGenerator random) {
        this.parts = parts;
        this.settings = settings;
        this.succession = succession;
        this.random = random;
        started = now();
        binding = Binding.of(settings, parts.surroundings().interfaces());
        ProxySettings.of(settings); // throws when it is wrong
        speeds = new SpeedTree(parts.loops());
        ledger = new Ledger(state, parts.surroundings());
        stored = new StoredSettings(state, this::settings, parts.surroundings());
        policies = new PolicyBook(this, speeds, ledger);
        statistics = new Statistics(this, ledger);
        budget = new ConnectBudget(1, 1);
        archive = new Archive(state, parts.surroundings());
        events = new EventHub(parts.surroundings());
        pressure = new Pressure(parts);
        use(settings, binding);
    }

    /** Puts settings in force for everybody who asks from now on. */
    void use(Settings changed, Binding bound) {
        settings = changed;
        binding = bound;
        speeds.apply(changed);
        QueueDesk.apply(this, changed);
        budget.limits(
                changed.get(EngineSettings.PEER_LIMIT_GLOBAL),
                changed.get(EngineSettings.CONNECTS_PER_SECOND));
        budget.halfOpen(changed.get(EngineSettings.HALF_OPEN_LIMIT));
        storeChanged();
    }

    /** Puts the settings of the disk store in force; another one may be there now. */
    void storeChanged() {
        pressure.watch((long) setting(EngineSettings.DISK_QUEUE_MIB) << MIB_SHIFT);
    }

    void listeningOn(int port) {
        listenPort = port;
    }

    Parts parts() {
        return parts;
    }

    SpeedTree speeds() {
        return speeds;
    }

    TurnQueue turns() {
        return turns;
    }

    CheckQueue checks() {
        return checks;
    }

    Ledger ledger() {
        return ledger;
    }

    StoredSettings stored() {
        return stored;
    }

    PolicyBook policies() {
        return policies;
    }

    Statistics statistics() {
        return statistics;
    }

    /**
     * Names who removes torrents that have seeded enough; the flag says whether with their data.
     */
    void remover(ObjIntConsumer<Boolean> takes) {
        remover = takes;
    }

    /** Removes a torrent from the session, soon. */
    void remove(int number, boolean deleteData) {
        remover.accept(deleteData, number);
    }

    Pressure pressure() {
        return pressure;
    }

    /** Wall time. */
    Instant now() {
        return parts.loops().loops().getFirst().now();
    }

    /** When the engine started. */
    Instant started() {
        return started;
    }

    /** The transports that are there and switched on, TCP first: it costs less than uTP. */
    List<Transport> transports() {
        List<Transport> usable = new ArrayList<>(2);
        for (Transport transport : parts.transports()) {
            boolean tcp = transport.name().equals("tcp");
            boolean carried = tcp || ProxySettings.letsDatagramsThrough(settings);
            if (carried
                    && setting(tcp ? NetworkSettings.TCP_ENABLED : NetworkSettings.UTP_ENABLED)) {
                usable.add(tcp ? 0 : usable.size(), transport);
            }
        }
        return usable;
    }

    /** Peers are reached through a proxy only. */
    boolean proxiesPeers() {
        return ProxySettings.coversPeers(settings);
    }

    /** Whether names of peers may be looked up: that goes around a proxy, and out of any door. */
    boolean looksUpPeers() {
        return !proxiesPeers() && binding.isOpen();
    }

    /** Peers and nodes can be reached by datagrams. */
    boolean letsDatagramsThrough() {
        return ProxySettings.letsDatagramsThrough(settings);
    }

    /** Where to dial a peer from; empty when its family is not used. */
    Optional<InetSocketAddress> dialFrom(InetAddress remote) {
        return proxiesPeers() ? binding.dialByProxy() : binding.dialFrom(remote);
    }

    /** Another engine of the process goes on with the session: links are left to it. */
    void handOver() {
        handsOver = true;
    }

    boolean handsOver() {
        return handsOver;
    }

    ConnectBudget budget() {
        return budget;
    }

    Archive archive() {
        return archive;
    }

    Succession succession() {
        return succession;
    }

    /** Thread-safe. */
    RandomGenerator random() {
        return random;
    }

    EventHub events() {
        return events;
    }

    ChangeLog changes() {
        return changes;
    }

    Settings settings() {
        return settings;
    }

    <T> T setting(Setting<T> key) {
        return settings.get(key);
    }

    Binding binding() {
        return binding;
    }

    /** The real port, 0 while nothing listens. */
    int listenPort() {
        return listenPort;
    }

    void mappedTo(int external) {
        mappedPort = external;
    }

    /** The port that a router forwards to us, 0 when it forwards none or nothing listens. */
    int mappedPort() {
        return listenPort > 0 ? mappedPort : 0;
    }

    /** The port that others dial, 0 while nothing listens. */
    int reachablePort() {
        int mapped = mappedPort();
        return mapped > 0 ? mapped : listenPort;
    }

    void publish(EngineEvent event) {
        events.publish(event);
    }

    /** Ends what runs on threads of its own; done when everything is stored. */
    CompletableFuture<@Nullable Void> close() {
        pressure.close();
        events.close();
        return CompletableFuture.allOf(archive.close(), ledger.close(), stored.settled())
                .thenApply(done -> null);
    }
}
