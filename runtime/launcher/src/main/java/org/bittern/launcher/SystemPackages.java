package org.bittern.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Packages of the launcher's class path that bundles may import: logging, OSGi service contracts,
 * and libraries that know no OSGi. From the class path they come out of the AOT cache, which
 * bundles cannot use, and SLF4J works there before the first bundle starts.
 */
final class SystemPackages {
    private static final String RESOURCE = "system-packages.txt";

    private SystemPackages() {}

    /** Value of {@code org.osgi.framework.system.packages.extra}. */
    static String header() {
        try (InputStream in = SystemPackages.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the launcher's jar lacks " + RESOURCE);
            }
            return header(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + RESOURCE, e);
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
