package org.bittern.tinytorrent.internal;

import java.util.List;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.Capabilities;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What this bundle does alone, and what it does with an engine while there is one. Thread-safe. */
@Component
public final class OwnFeatures implements Capabilities {
    private static final List<String> ALWAYS = List.of("websocket");

    private static final List<String> WITH_ENGINE =
            List.of(
                    "labels",
                    "proxy-configuration",
                    "sequential-download",
                    "super-seeding",
                    "websocket");

    private final EngineHost host;

    @Activate
    public OwnFeatures(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    public List<String> features() {
        return host.engine().isPresent() ? WITH_ENGINE : ALWAYS;
    }
}
