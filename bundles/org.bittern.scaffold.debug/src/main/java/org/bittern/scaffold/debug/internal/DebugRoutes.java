package org.bittern.scaffold.debug.internal;

import java.util.List;
import org.bittern.api.host.EngineHost;
import org.bittern.control.Diagnostics;
import org.bittern.control.Route;
import org.bittern.control.Routes;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers the routes; what they do is in {@link Calls}. */
@Component(immediate = true)
public final class DebugRoutes implements Routes {
    private final Diagnostics diagnostics;
    private final List<Route> routes;

    /** Begins to keep events. */
    @Activate
    public DebugRoutes(@Reference EngineHost host) {
        diagnostics = new Diagnostics(host);
        routes = Calls.routes(diagnostics);
    }

    @Deactivate
    void close() {
        diagnostics.close();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }
}
