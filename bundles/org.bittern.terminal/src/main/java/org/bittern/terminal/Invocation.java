package org.bittern.terminal;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;

/**
 * What the process was started for. Immutable.
 *
 * @param arguments the command and its arguments
 * @param data the data directory
 * @param version of the bundle that asks: {@code 1.2.3}
 */
public record Invocation(List<String> arguments, Path data, String version) {
    /** Framework property: the arguments, joined by U+001F. */
    private static final String ARGUMENTS = "bittern.args";

    /** Framework property: the data directory. */
    private static final String DATA = "bittern.data";

    /** Copies the list. */
    public Invocation {
        arguments = List.copyOf(arguments);
    }

    /** As the launcher left it in the framework's properties. */
    public static Invocation of(BundleContext context) {
        String joined = Objects.requireNonNullElse(context.getProperty(ARGUMENTS), "");
        Version version = context.getBundle().getVersion();
        return new Invocation(
                joined.isEmpty() ? List.of() : List.of(joined.split("\u001f", -1)),
                Path.of(Objects.requireNonNullElse(context.getProperty(DATA), ".")),
                version.getMajor() + "." + version.getMinor() + "." + version.getMicro());
    }
}
