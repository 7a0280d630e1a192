package org.bittern.settings.internal;

import java.io.IOException;
import java.util.Dictionary;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of {@code settings.json} as the configuration {@value Mirror#PID}: what is changed
 * there acts at once and is stored, and what is changed elsewhere is seen there.
 */
@Component(service = ManagedService.class, property = "service.pid=" + Mirror.PID, immediate = true)
public final class ConfiguredSettings implements ManagedService {
    private static final Logger log = LoggerFactory.getLogger(ConfiguredSettings.class);

    private final Mirror mirror;

    /** Follows the engine from now on. */
    @Activate
    public ConfiguredSettings(@Reference EngineHost host, @Reference ConfigurationAdmin admin) {
        mirror = new Mirror(host, admin, configured(admin));
    }

    /** What somebody configured before this was there, such as on the command line. */
    private static Settings configured(ConfigurationAdmin admin) {
        try {
            Dictionary<String, Object> properties =
                    admin.getConfiguration(Mirror.PID, "?").getProperties();
            return properties == null ? Settings.EMPTY : Properties.settings(properties);
        } catch (EngineException | IOException e) {
            log.warn("configuration {}: {}", Mirror.PID, e.getMessage());
            return Settings.EMPTY;
        }
    }

    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) throws ConfigurationException {
        try {
            if (properties != null) {
                mirror.configured(Properties.settings(properties));
            }
        } catch (EngineException e) {
            throw new ConfigurationException(null, String.valueOf(e.getMessage()), e);
        }
    }

    @Deactivate
    void close() {
        mirror.close();
    }
}
