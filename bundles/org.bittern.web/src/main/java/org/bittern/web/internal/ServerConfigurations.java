package org.bittern.web.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configurations by which Felix has a server each. They are known by name and not by what
 * ConfigAdmin gave for it: when it is exchanged, the next one is told of all that there are, and
 * Felix, which is told the same again, has its servers go on. Thread-safe: ConfigAdmin comes and
 * goes on threads of the framework.
 */
final class ServerConfigurations {
    private static final Logger log = LoggerFactory.getLogger(ServerConfigurations.class);

    private static final String PID = "org.apache.felix.http";

    private final Map<String, Map<String, Object>> servers = new LinkedHashMap<>(); // by name
    private @Nullable ConfigurationAdmin admin; // null while it is being exchanged

    /** Tells this one from now on, and of what there is. */
    synchronized void use(ConfigurationAdmin next) {
        admin = next;
        servers.forEach(this::tell);
    }

    /** It goes, unless another one has come already. */
    synchronized void forget(ConfigurationAdmin gone) {
        if (gone.equals(admin)) {
            admin = null;
        }
    }

    /** Whether anybody would tell Felix now. */
    synchronized boolean isHeard() {
        return admin != null;
    }

    /** How many there are. */
    synchronized int size() {
        return servers.size();
    }

    /**
     * Has one server more, as soon as there is a ConfigAdmin.
     *
     * @param name of no other
     */
    synchronized void add(String name, Map<String, Object> properties) {
        servers.put(name, properties);
        tell(name, properties);
    }

    /** Has all closed, later and by another thread; without ConfigAdmin they stay. */
    synchronized void clear() {
        for (String name : servers.keySet()) {
            try {
                if (admin != null) {
                    admin.getFactoryConfiguration(PID, name, "?").delete();
                }
            } catch (IOException | IllegalStateException e) {
                log.debug("server configuration was gone: {}", e.toString());
            }
        }
        servers.clear();
    }

    private void tell(String name, Map<String, Object> properties) {
        if (admin == null) {
            return;
        }
        try {
            admin.getFactoryConfiguration(PID, name, "?")
                    .update(FrameworkUtil.asDictionary(properties));
        } catch (IOException | IllegalStateException e) {
            log.warn("cannot have Felix listen: {}", e.toString());
        }
    }
}
