package org.bittern.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Finds the components that are enabled and yet do not run. Thread-safe, keeps nothing. */
final class UnsatisfiedComponents {
    private static final String CAUSE = "Caused by: ";

    /** Of who refuses a configuration: what it says is meant for people. */
    private static final String REFUSAL = IllegalArgumentException.class.getName() + ": ";

    private UnsatisfiedComponents() {}

    /**
     * One problem for each component that waits for something or failed; empty if all is well. A
     * component that waits for a configuration which nobody gave is switched off, not broken, and
     * is none.
     */
    static List<Problem> describe(BundleContext context) {
        ServiceReference<ServiceComponentRuntime> reference =
                context.getServiceReference(ServiceComponentRuntime.class);
        ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) {
            return List.of();
        }
        List<Problem> problems = new ArrayList<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            Collection<ComponentConfigurationDTO> configurations =
                    runtime.getComponentConfigurationDTOs(component);
            for (ComponentConfigurationDTO configuration : configurations) {
                switch (configuration.state) {
                    case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                            problems.add(
                                    new Problem(
                                            name(component),
                                            " waits for " + missing(configuration)));
                    case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                            problems.add(
                                    new Problem(
                                            name(component), " failed: " + reason(configuration)));
                    default -> {
                        // satisfied, active, or without a required configuration
                    }
                }
            }
        }
        context.ungetService(reference);
        return problems;
    }

    private static String name(ComponentDescriptionDTO component) {
        return "component " + component.name + " (bundle " + component.bundle.symbolicName + ")";
    }

    private static String missing(ComponentConfigurationDTO configuration) {
        return Stream.of(configuration.unsatisfiedReferences)
                .map(reference -> missing(configuration.description, reference))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String missing(
            ComponentDescriptionDTO component, UnsatisfiedReferenceDTO unsatisfied) {
        for (ReferenceDTO reference : component.references) {
            if (reference.name.equals(unsatisfied.name)) {
                return reference.target == null
                        ? reference.interfaceName
                        : reference.interfaceName + " " + reference.target;
            }
        }
        return unsatisfied.name;
    }

    private static String reason(ComponentConfigurationDTO configuration) {
        return reason(String.valueOf(configuration.failure));
    }

    /**
     * What is behind a failure: a constructor's is wrapped by who called it.
     *
     * @param trace a stack trace as it is printed
     */
    static String reason(String trace) {
        return trace.lines()
                .filter(line -> line.startsWith(CAUSE))
                .reduce((_, deeper) -> deeper)
                .map(line -> line.substring(CAUSE.length()))
                .or(() -> trace.lines().findFirst())
                .map(line -> line.startsWith(REFUSAL) ? line.substring(REFUSAL.length()) : line)
                .orElse("no reason given");
    }
}
