package org.bittern.settings.internal;

import java.util.Dictionary;
import org.bittern.api.engine.EngineException;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The settings of {@code settings.json} as the configuration {@value Mirror#PID}: what is changed
 * there acts at once and is stored, and what is changed elsewhere is seen there.
 */
@Component(service = ManagedService.class, property = "service.pid=" + Mirror.PID, immediate = true)
public final class ConfiguredSettings implements ManagedService {
    private final Mirror mirror;

    /** Follows the engine from now on. */
    @Activate
    public ConfiguredSettings(@Reference EngineHost host, @Reference ConfigurationAdmin admin) {
        mirror = new Mirror(host, admin);
    }

    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) throws ConfigurationException {
        try {
            if (properties != null) {
                Properties.settings(properties); // what cannot be taken is refused here
            }
        } catch (EngineException e) {
            throw new ConfigurationException(null, String.valueOf(e.getMessage()), e);
        }
        mirror.configured();
    }

    @Deactivate
    void close() {
        mirror.close();
    }
}
