package org.bittern.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.charset.StandardCharsets;

/**
 * Packages that bundles may import from the system bundle: those of the JDK, of the framework, and
 * of the launcher's class path, which are logging, OSGi service contracts, and libraries that know
 * no OSGi. From the class path they come out of the AOT cache, which bundles cannot use, and SLF4J
 * works there before the first bundle starts.
 */
final class SystemPackages {
    private SystemPackages() {}

    /**
     * Value of {@code org.osgi.framework.system.packages}: what the framework and the modules of
     * this JDK export. Felix would find out the same, but by way of templates, with which it spends
     * a twentieth of a start.
     */
    static String platform() {
        StringBuilder header = new StringBuilder(header(text("framework-packages.txt")));
        for (Module module : ModuleLayer.boot().modules()) {
            for (Exports exports : module.getDescriptor().exports()) {
                if (!exports.isQualified()) {
                    header.append(',').append(exports.source());
                }
            }
        }
        return header.toString();
    }

    /** Value of {@code org.osgi.framework.system.packages.extra}. */
    static String header() {
        return header(text("system-packages.txt"));
    }

    private static String text(String resource) {
        try (InputStream in = SystemPackages.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the launcher's jar lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + resource, e);
        }
    }

    /** Turns lines of {@code version package package…} into one header. */
    static String header(String lines) {
        StringBuilder header = new StringBuilder();
        for (String line : lines.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split(" +", -1);
            for (int i = 1; i < words.length; i++) {
                header.append(header.isEmpty() ? "" : ",")
                        .append(words[i])
                        .append(";version=")
                        .append(words[0]);
            }
        }
        return header.toString();
    }
}
