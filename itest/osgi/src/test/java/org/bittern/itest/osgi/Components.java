package org.bittern.itest.osgi;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** What declarative services say about the components of the framework that the test runs in. */
final class Components {
    private final BundleContext context;
    private final ServiceComponentRuntime runtime;

    Components() {
        context = FrameworkUtil.getBundle(Components.class).getBundleContext();
        ServiceReference<ServiceComponentRuntime> reference =
                context.getServiceReference(ServiceComponentRuntime.class);
        if (reference == null) {
            throw new IllegalStateException("declarative services do not run");
        }
        runtime = context.getService(reference);
    }

    /** Our bundles, ordered by name. */
    List<Bundle> bundles() {
        return Arrays.stream(context.getBundles())
                .filter(bundle ->
                        String.valueOf(bundle.getSymbolicName()).startsWith("org.bittern."))
                .sorted(Comparator.comparing(Bundle::getSymbolicName))
                .toList();
    }

    /** The one of this name that is installed. */
    Bundle bundle(String name) {
        return bundles().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Names of the components that could give their service at once or do so already. */
    Set<String> satisfied() {
        Set<String> names = new TreeSet<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            if (!states(component).isEmpty()
                    && states(component).stream().allMatch(Components::runs)) {
                names.add(component.name);
            }
        }
        return names;
    }

    /** Names of all components that were read from the bundles. */
    Set<String> all() {
        Set<String> names = new TreeSet<>();
        runtime.getComponentDescriptionDTOs().forEach(component -> names.add(component.name));
        return names;
    }

    private List<Integer> states(ComponentDescriptionDTO component) {
        return runtime.getComponentConfigurationDTOs(component).stream()
                .map(configuration -> configuration.state)
                .toList();
    }

    private static boolean runs(int state) {
        return state == ComponentConfigurationDTO.ACTIVE
                || state == ComponentConfigurationDTO.SATISFIED;
    }
}
