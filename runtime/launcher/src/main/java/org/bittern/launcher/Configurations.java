package org.bittern.launcher;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Hands configurations to ConfigAdmin. Used by the starting thread only. */
final class Configurations {
    private Configurations() {}

    /**
     * Applies all, before the bundles that read them start: a component then sees its configuration
     * at its first activation, not a default that is replaced a moment later.
     */
    static void apply(BundleContext context, Map<String, Map<String, Object>> configurations)
            throws LaunchException {
        if (configurations.isEmpty()) {
            return;
        }
        ServiceReference<ConfigurationAdmin> reference =
                context.getServiceReference(ConfigurationAdmin.class);
        ConfigurationAdmin admin = reference == null ? null : context.getService(reference);
        if (admin == null) {
            throw new LaunchException("the first feature has no ConfigurationAdmin");
        }
        for (Map.Entry<String, Map<String, Object>> entry : configurations.entrySet()) {
            Dictionary<String, Object> properties = FrameworkUtil.asDictionary(entry.getValue());
            try {
                configuration(admin, entry.getKey()).update(properties);
            } catch (IOException e) {
                throw new LaunchException("cannot configure " + entry.getKey(), e);
            }
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
