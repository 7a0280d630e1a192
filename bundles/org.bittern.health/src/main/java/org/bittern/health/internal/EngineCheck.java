package org.bittern.health.internal;

import java.util.Optional;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.bittern.api.engine.Engine;
import org.bittern.api.host.EngineHost;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** An engine runs and peers can reach it. */
@Component(
        service = HealthCheck.class,
        property = {HealthCheck.NAME + "=Bittern engine", HealthCheck.TAGS + "=bittern"})
public final class EngineCheck implements HealthCheck {
    private final EngineHost host;

    /** Looks at the engine that runs at the time of a check. */
    @Activate
    public EngineCheck(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    public Result execute() {
        Optional<Engine> engine = host.engine();
        if (engine.isEmpty()) {
            return new Result(Result.Status.CRITICAL, "no engine is running");
        }
        int port = engine.get().status().listenPort();
        return port == 0
                ? new Result(Result.Status.WARN, "the engine does not listen for peers")
                : new Result(Result.Status.OK, "the engine listens on port " + port);
    }
}
