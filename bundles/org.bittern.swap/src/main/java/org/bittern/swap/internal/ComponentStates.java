package org.bittern.swap.internal;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * What declarative services said of all components at one moment. Immutable.
 *
 * @param running name of each component that runs or would at once → the services that its object
 *     was made with, which an object outlives only if they are dynamic
 */
record ComponentStates(Map<String, Set<Long>> running) {

    static ComponentStates now(ServiceComponentRuntime components) {
        Map<String, Set<Long>> running = new TreeMap<>();
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            Set<Long> services = new HashSet<>();
            boolean runs = false;
            for (ComponentConfigurationDTO each :
                    components.getComponentConfigurationDTOs(component)) {
                if (runs(each)) {
                    runs = true;
                    services.addAll(staticServices(component, each));
                }
            }
            if (runs) {
                running.computeIfAbsent(component.name, name -> new HashSet<>()).addAll(services);
            }
        }
        return new ComponentStates(running);
    }

    private static boolean runs(ComponentConfigurationDTO configuration) {
        return configuration.state == ComponentConfigurationDTO.ACTIVE
                || configuration.state == ComponentConfigurationDTO.SATISFIED;
    }

    private static Set<Long> staticServices(
            ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
        Set<String> fixed =
                Stream.of(component.references)
                        .filter(reference -> reference.policy.equals("static"))
                        .map(reference -> reference.name)
                        .collect(Collectors.toSet());
        Set<Long> services = new HashSet<>();
        for (SatisfiedReferenceDTO reference : configuration.satisfiedReferences) {
            if (fixed.contains(reference.name)) {
                for (ServiceReferenceDTO service : reference.boundServices) {
                    services.add(service.id);
                }
            }
        }
        return services;
    }

    /** Names of the components that ran before and do not run now. */
    Set<String> lost(ComponentStates before) {
        Set<String> lost = new TreeSet<>(before.running.keySet());
        lost.removeAll(running.keySet());
        return lost;
    }

    /** Names of the components whose objects were made anew since, as far as that can be seen. */
    Set<String> remade(ComponentStates before) {
        Set<String> remade = new TreeSet<>();
        running.forEach((name, services) -> {
            Set<Long> then = before.running.get(name);
            if (then != null && !then.equals(services)) {
                remade.add(name);
            }
        });
        return remade;
    }

    /** Names of the components of a bundle, whatever their state. */
    static Set<String> of(ServiceComponentRuntime components, Bundle bundle) {
        return components.getComponentDescriptionDTOs(bundle).stream()
                .map(component -> component.name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Why a bundle's components do not all run; one that nobody configured is switched off. */
    static Optional<String> problem(ServiceComponentRuntime components, Bundle bundle) {
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
            Collection<ComponentConfigurationDTO> configurations =
                    components.getComponentConfigurationDTOs(component);
            for (ComponentConfigurationDTO each : configurations) {
                if (each.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                    return Optional.of(component.name + " fails: " + firstLine(each.failure));
                }
                if (each.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                    return Optional.of(component.name + " waits for " + missing(component, each));
                }
                if (component.immediate && each.state == ComponentConfigurationDTO.SATISFIED) {
                    return Optional.of(component.name + " cannot be made"); // or it would be active
                }
            }
        }
        return Optional.empty();
    }

    private static String missing(
            ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
        Set<String> names = new TreeSet<>();
        for (UnsatisfiedReferenceDTO reference : configuration.unsatisfiedReferences) {
            names.add(reference.name);
        }
        return Stream.of(component.references)
                .filter(reference -> names.contains(reference.name))
                .map(reference -> reference.interfaceName)
                .collect(Collectors.joining(", "));
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("no reason given");
    }
}
