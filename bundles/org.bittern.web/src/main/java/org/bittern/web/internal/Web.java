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
import org.osgi.service.metatype.annotations.Designate;

/**
 * Begins once the configuration names a port. What somebody types for the door is there before its
 * runtime says where to listen and who may come in: a server that began with that alone would stand
 * at another place, and open.
 */
@Component(
        configurationPid = WebConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = WebConfig.class)
public final class Web {
    private final BundleContext context;
    private final ConfigurationAdmin admin;
    private final ProcessControl process;
    private @Nullable WebServer server; // null before a port was named

    /** Begins, or waits for a port. */
    @Activate
    public Web(
            BundleContext context,
            WebConfig config,
            @Reference ConfigurationAdmin admin,
            @Reference ProcessControl process) {
        this.context = context;
        this.admin = admin;
        this.process = process;
        begin(config);
    }

    private void begin(WebConfig config) {
        if (config.port() != WebConfig.NOWHERE) {
            server = new WebServer(context, config, admin, process);
        }
    }

    /** Takes a changed configuration into use. */
    @Modified
    void modified(WebConfig config) {
        if (server == null) {
            begin(config);
        } else {
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
