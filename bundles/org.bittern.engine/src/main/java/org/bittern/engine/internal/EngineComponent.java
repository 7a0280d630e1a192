package org.bittern.engine.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.PeerProtocol;
import org.bittern.spi.peer.WebSeedProtocol;
import org.bittern.spi.port.PortMapper;
import org.bittern.spi.state.SessionState;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Makes engines of the services that are there. Torrents live on loops and cannot outlive them, so
 * that reference is static; all others may be exchanged under running engines.
 */
@Component(service = EngineFactory.class, configurationPid = "org.bittern.engine")
public final class EngineComponent implements EngineFactory {
    private static final Duration PARTS_WAIT = Duration.ofSeconds(10);

    /** Closing a listening port, the longest of what a part is left with, takes less. */
    private static final long PARTING_SECONDS = 3;

    private final Parts parts;
    private final Queue<EngineSession> sessions = new ConcurrentLinkedQueue<>();

    @Activate
    public EngineComponent(@Reference LoopGroup loops) {
        parts = new Parts(loops);
    }

    @Override
    public Running start(Settings settings, Optional<SessionState> state, Succession succession) {
        try {
            List<String> missing = parts.await(PARTS_WAIT);
            if (!missing.isEmpty()) {
                throw new EngineException(
                        EngineException.Code.UNSUPPORTED,
                        "the engine cannot start without " + String.join(", ", missing));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(EngineException.Code.INTERNAL, "interrupted at start", e);
        }
        sessions.removeIf(EngineSession::isClosed);
        EngineSession session =
                EngineSession.start(parts, settings, state, succession, new SecureRandom());
        sessions.add(session);
        return session;
    }

    @Override
    public void retire() {
        parts.retire();
    }

    /** Engines that their owner has not closed must not outlive the loops. */
    @Deactivate
    void stop() {
        CompletableFuture.allOf(all(session -> session.close().toCompletableFuture()))
                .completeOnTimeout(null, Running.CLOSE_SECONDS, TimeUnit.SECONDS)
                .join();
        sessions.clear();
    }

    /**
     * Waits until no engine uses what went or was replaced: when this returns its bundle stops, and
     * what is done with it afterwards fails in whatever way.
     */
    private void letGo() {
        CompletableFuture.allOf(all(EngineSession::caughtUp))
                .completeOnTimeout(null, PARTING_SECONDS, TimeUnit.SECONDS)
                .join();
        LoopBarrier.pass(parts.loops().loops());
    }

    private CompletableFuture<?>[] all(Function<EngineSession, CompletableFuture<Void>> what) {
        return sessions.stream().map(what).toArray(CompletableFuture[]::new);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void setEgress(Egress egress) {
        parts.use(egress);
    }

    void unsetEgress(Egress egress) {
        parts.drop(egress);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addTransport(Transport transport) {
        parts.add(transport);
    }

    void removeTransport(Transport transport) {
        parts.remove(transport);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setProtocol(PeerProtocol protocol) {
        parts.use(protocol);
    }

    void unsetProtocol(PeerProtocol protocol) {
        parts.drop(protocol);
        letGo();
    }

    /** Another store is chosen by the configuration {@code store.target}. */
    @Reference(
            name = "store",
            target = "(" + DiskStore.KIND + "=file)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setStore(DiskStore store) {
        parts.use(store);
    }

    void unsetStore(DiskStore store) {
        parts.drop(store);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addFinder(PeerFinder finder) {
        parts.add(finder);
    }

    void removeFinder(PeerFinder finder) {
        parts.remove(finder);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addObedient(SessionPart part) {
        parts.add(part);
    }

    void removeObedient(SessionPart part) {
        parts.remove(part);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addFilter(IpFilter filter) {
        parts.add(filter);
    }

    void removeFilter(IpFilter filter) {
        parts.remove(filter);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setMapper(PortMapper mapper) {
        parts.use(mapper);
    }

    void unsetMapper(PortMapper mapper) {
        parts.drop(mapper);
        letGo();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setWebSeeds(WebSeedProtocol webSeeds) {
        parts.use(webSeeds);
    }

    void unsetWebSeeds(WebSeedProtocol webSeeds) {
        parts.drop(webSeeds);
        letGo();
    }
}
