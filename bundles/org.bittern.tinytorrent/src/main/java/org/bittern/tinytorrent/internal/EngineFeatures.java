package org.bittern.tinytorrent.internal;

import java.util.List;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.Capabilities;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What the engine does for clients of the RPC: works while there is an engine. Thread-safe. */
@Component
public final class EngineFeatures implements Capabilities {
    private static final List<String> FEATURES = List.of("sequential-download", "labels");

    private final EngineHost host;

    @Activate
    public EngineFeatures(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    public List<String> features() {
        return host.engine().isPresent() ? FEATURES : List.of();
    }
}
