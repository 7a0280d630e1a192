package org.bittern.host.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.state.StateStore;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
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

    /**
     * System property, followed by the framework's id: the highest number of a torrent so far. The
     * next version of this bundle goes on with it, as callers outlive that, too.
     */
    private static final String NUMBERS = "bittern.numbers.";

    private final String numbersKept;
    private final TorrentNumbers numbers;
    private final EngineKeeper keeper;

    @Activate
    public EngineHostComponent(BundleContext context) {
        numbersKept = NUMBERS + context.getProperty(Constants.FRAMEWORK_UUID);
        numbers = new TorrentNumbers(Integer.getInteger(numbersKept, 0));
        keeper = new EngineKeeper(STORE_PATIENCE, numbers);
    }

    @Deactivate
    void close() {
        keeper.close();
        System.setProperty(numbersKept, Integer.toString(numbers.last()));
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
