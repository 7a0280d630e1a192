package org.bittern.host.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.state.StateStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Offers {@link EngineHost}; what it does is in {@link EngineKeeper}. */
@Component(service = EngineHost.class)
public final class EngineHostComponent implements EngineHost {
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(10);

    private final EngineKeeper keeper = new EngineKeeper(STORE_PATIENCE);

    @Activate
    public EngineHostComponent() {
        // services come and go through the methods below
    }

    @Deactivate
    void close() {
        keeper.close();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindFactory(EngineFactory factory) {
        keeper.factoryCame(factory);
    }

    void unbindFactory(EngineFactory factory) {
        keeper.factoryLeft(factory);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindStore(StateStore store) {
        keeper.storeCame(store);
    }

    void unbindStore(StateStore store) {
        keeper.storeLeft(store);
    }

    @Override
    public Optional<Engine> engine() {
        return keeper.engine();
    }

    @Override
    public CompletionStage<Engine> start(EngineStart start) {
        return keeper.start(start);
    }

    @Override
    public CompletionStage<Void> stop() {
        return keeper.stop();
    }

    @Override
    public Subscription watch(Consumer<Optional<Engine>> listener) {
        return keeper.watch(listener);
    }
}
