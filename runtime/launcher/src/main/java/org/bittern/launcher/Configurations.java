package org.bittern.launcher;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Dictionary;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands configurations to ConfigAdmin, which keeps them in memory: to the first one, and to each
 * that comes when it is exchanged. Immutable.
 *
 * <p>A hook and no listener: what was typed has to be there before anybody else learns that there
 * is a ConfigAdmin again, and listeners are called in no order.
 */
final class Configurations implements EventListenerHook {
    private static final Logger log = LoggerFactory.getLogger(Configurations.class);

    private final BundleContext context;
    private final Map<String, Map<String, Object>> configurations;

    /**
     * Hands over nothing yet.
     *
     * @param configurations by PID
     */
    Configurations(BundleContext context, Map<String, Map<String, Object>> configurations) {
        this.context = context;
        this.configurations = configurations;
    }

    /**
     * Applies all, before the bundles that read them start: a component then sees its configuration
     * at its first activation, not a default that is replaced a moment later. Called by the
     * starting thread.
     */
    void apply() throws LaunchException {
        if (configurations.isEmpty()) {
            return;
        }
        ServiceReference<ConfigurationAdmin> reference =
                context.getServiceReference(ConfigurationAdmin.class);
        if (reference == null) {
            throw new LaunchException("the first feature has no ConfigurationAdmin");
        }
        try {
            tell(reference);
        } catch (IOException e) {
            throw new LaunchException("cannot configure: " + e.getMessage(), e);
        }
    }

    /** Applies all to another one, on the thread that registers it. */
    void follow() {
        if (!configurations.isEmpty()) {
            context.registerService(EventListenerHook.class, this, null);
        }
    }

    @Override
    public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        ServiceReference<?> reference = event.getServiceReference();
        if (event.getType() != ServiceEvent.REGISTERED || !isConfigAdmin(reference)) {
            return;
        }
        try {
            tell(reference);
        } catch (IOException e) {
            log.error("not configured again: {}", e.getMessage());
        }
    }

    private static boolean isConfigAdmin(ServiceReference<?> reference) {
        return reference.getProperty(Constants.OBJECTCLASS) instanceof String[] types
                && Arrays.asList(types).contains(ConfigurationAdmin.class.getName());
    }

    private void tell(ServiceReference<?> reference) throws IOException {
        if (!(context.getService(reference) instanceof ConfigurationAdmin admin)) {
            throw new IOException("ConfigAdmin has gone, or is of other classes than ours");
        }
        for (Map.Entry<String, Map<String, Object>> entry : configurations.entrySet()) {
            Dictionary<String, Object> properties = FrameworkUtil.asDictionary(entry.getValue());
            configuration(admin, entry.getKey()).update(properties);
        }
        context.ungetService(reference);
    }

    private static Configuration configuration(ConfigurationAdmin admin, String pid)
            throws IOException {
        int tilde = pid.indexOf('~');
        return tilde < 0
                ? admin.getConfiguration(pid, "?")
                : admin.getFactoryConfiguration(
                        pid.substring(0, tilde), pid.substring(tilde + 1), "?");
    }
}
