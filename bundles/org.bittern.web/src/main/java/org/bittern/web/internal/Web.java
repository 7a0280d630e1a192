package org.bittern.web.internal;

import org.bittern.api.host.ProcessControl;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Begins once the configuration names a port. What somebody types for the door is there before its
 * runtime says where to listen and who may come in: a server that began with that alone would stand
 * at another place, and open.
 *
 * <p>ConfigAdmin may be exchanged meanwhile: the servers go on as they are.
 */
@Component(
        configurationPid = WebConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = WebConfig.class)
public final class Web {
    private final BundleContext context;
    private final ProcessControl process;
    private final ServerConfigurations configurations = new ServerConfigurations();
    private @Nullable WebServer server; // null before a port was named

    /** Still without a server. */
    @Activate
    public Web(BundleContext context, @Reference ProcessControl process) {
        this.context = context;
        this.process = process;
    }

    /** Who tells Felix where to listen: before {@link #begin}, as its configuration says. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAdmin(ConfigurationAdmin admin) {
        configurations.use(admin);
    }

    void unbindAdmin(ConfigurationAdmin admin) {
        configurations.forget(admin);
    }

    /** Begins, or waits for a port. */
    @Activate
    void begin(WebConfig config) {
        if (config.port() != WebConfig.NOWHERE) {
            server = new WebServer(context, config, configurations, process);
        }
    }

    /**
     * Takes a changed configuration into use. A new ConfigAdmin may know what was typed before it
     * is told the rest again: that is no reason to leave the port.
     */
    @Modified
    void modified(WebConfig config) {
        if (server == null) {
            begin(config);
        } else if (config.port() != WebConfig.NOWHERE) {
            server.modified(config);
        }
    }

    @Deactivate
    void close() {
        if (server != null) {
            server.close();
        }
    }
}
