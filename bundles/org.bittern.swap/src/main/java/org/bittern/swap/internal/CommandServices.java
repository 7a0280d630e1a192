package org.bittern.swap.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of scope {@code bittern}: services with the properties that Gogo looks for, called
 * without Gogo. A command is a public method that takes strings only. Thread-safe.
 */
final class CommandServices {
    private static final Logger log = LoggerFactory.getLogger(CommandServices.class);

    private static final String SCOPE = "(osgi.command.scope=bittern)";
    private static final String FUNCTIONS = "osgi.command.function";

    private final BundleContext context;

    CommandServices(BundleContext context) {
        this.context = context;
    }

    /**
     * Runs one command.
     *
     * @param words its name, then its arguments
     */
    String run(List<String> words) throws Refusal {
        String name = words.getFirst();
        Object[] arguments = words.subList(1, words.size()).toArray();
        for (ServiceReference<?> each : services()) {
            if (functions(each).contains(name)) {
                Object service = context.getService(each);
                try {
                    if (service != null) {
                        return call(service, name, arguments);
                    }
                } finally {
                    context.ungetService(each);
                }
            }
        }
        TreeSet<String> known = new TreeSet<>();
        for (ServiceReference<?> each : services()) {
            known.addAll(functions(each));
        }
        throw new Refusal("unknown command '" + name + "'; it knows: " + String.join(", ", known));
    }

    private ServiceReference<?>[] services() throws Refusal {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, SCOPE);
            return found == null ? new ServiceReference<?>[0] : found;
        } catch (InvalidSyntaxException e) {
            throw new Refusal("the framework refuses " + SCOPE, e);
        }
    }

    private static List<String> functions(ServiceReference<?> service) {
        return switch (service.getProperty(FUNCTIONS)) {
            case String one -> List.of(one);
            case String[] many -> List.of(many);
            case null, default -> List.of();
        };
    }

    private static String call(Object service, String name, Object[] arguments) throws Refusal {
        Class<?>[] strings = new Class<?>[arguments.length];
        Arrays.fill(strings, String.class);
        try {
            Method method = service.getClass().getMethod(name, strings);
            Object result = method.invoke(service, arguments);
            return result == null ? "" : result.toString();
        } catch (NoSuchMethodException e) {
            throw new Refusal("%s does not take %d words".formatted(name, arguments.length), e);
        } catch (IllegalAccessException e) {
            throw new Refusal(name + " cannot be called", e);
        } catch (InvocationTargetException e) {
            log.debug("{} failed", name, e);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = String.valueOf(cause.getMessage());
            throw new Refusal(message.lines().findFirst().orElse("failed"), e);
        }
    }
}
