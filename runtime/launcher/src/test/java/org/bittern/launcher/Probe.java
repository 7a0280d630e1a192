package org.bittern.launcher;

import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * A component that {@link LauncherTest} packs into a bundle. It prints what reached it; then it
 * asks for the exit code that its configuration names, or stays.
 */
public final class Probe {
    /** Called by declarative services. */
    public void activate(BundleContext context, Map<String, Object> properties)
            throws BundleException {
        System.out.println("args=" + context.getProperty("bittern.args").replace('\u001f', '|'));
        System.out.println("data=" + context.getProperty("bittern.data"));
        System.out.println("greeting=" + new TreeMap<>(properties).get("greeting"));
        Object exit = properties.get("exit");
        if (exit != null) {
            System.setProperty("bittern.exit", exit.toString());
            context.getBundle(0).stop();
        }
    }
}
