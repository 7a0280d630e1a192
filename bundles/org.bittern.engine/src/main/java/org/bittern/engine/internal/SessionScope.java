package org.bittern.engine.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
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
    private final SessionRates rates;
    private final ConnectBudget budget;
    private final Archive archive;
    private final RandomGenerator random;
    private final Pressure pressure;
    private final Instant started;
    private final EventHub events;
    private final ChangeLog changes = new ChangeLog();
    private volatile Settings settings;
    private volatile Binding binding;
    private volatile int listenPort;

    SessionScope(
            Parts parts, Settings settings, Optional<SessionState> state, RandomGenerator random) {
        this.parts = parts;
        this.settings = settings;
        this.random = random;
        started = now();
        binding = Binding.of(settings);
        rates = new SessionRates(parts.loops(), settings);
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
        rates.apply(changed);
        budget.limits(
                changed.get(EngineSettings.PEER_LIMIT_GLOBAL),
                changed.get(EngineSettings.CONNECTS_PER_SECOND));
        pressure.watch((long) changed.get(EngineSettings.DISK_QUEUE_MIB) << MIB_SHIFT);
    }

    void listeningOn(int port) {
        listenPort = port;
    }

    Parts parts() {
        return parts;
    }

    SessionRates rates() {
        return rates;
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
            if (setting(tcp ? EngineSettings.TCP_ENABLED : EngineSettings.UTP_ENABLED)) {
                usable.add(tcp ? 0 : usable.size(), transport);
            }
        }
        return usable;
    }

    ConnectBudget budget() {
        return budget;
    }

    Archive archive() {
        return archive;
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

    void publish(EngineEvent event) {
        events.publish(event);
    }

    /** Ends what runs on threads of its own; done when everything is stored. */
    CompletableFuture<@Nullable Void> close() {
        pressure.close();
        events.close();
        return archive.close();
    }
}
