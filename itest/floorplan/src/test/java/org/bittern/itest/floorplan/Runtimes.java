package org.bittern.itest.floorplan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which of our bundles each runtime would start, read from the sources of features and runtimes.
 *
 * @param bundlesByRuntime name of the runtime → symbolic names
 */
record Runtimes(Map<String, Set<String>> bundlesByRuntime) {
    private static final Pattern BUNDLE = Pattern.compile("\"org\\.bittern:(org\\.bittern[^:]*):");
    private static final Pattern FEATURES =
            Pattern.compile("\"features\"\\s*:\\s*\\[([^\\]]*)\\]", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\"([^\"]+)\"");

    static Runtimes read(Path root) throws IOException {
        Map<String, Set<String>> byRuntime = new TreeMap<>();
        try (Stream<Path> folders = Files.list(root.resolve("runtime"))) {
            for (Path folder : folders.sorted().toList()) {
                Path file = folder.resolve("runtime.json");
                if (Files.exists(file)) {
                    Set<String> bundles = new TreeSet<>();
                    for (String feature : featuresOf(Files.readString(file))) {
                        Path features = root.resolve("features").resolve(feature + ".json");
                        bundles.addAll(bundlesOf(Files.readString(features)));
                    }
                    byRuntime.put(folder.getFileName().toString(), bundles);
                }
            }
        }
        return new Runtimes(byRuntime);
    }

    static List<String> featuresOf(String runtime) {
        Matcher features = FEATURES.matcher(runtime);
        if (!features.find()) {
            throw new IllegalArgumentException("a runtime lists no features: " + runtime);
        }
        return NAME.matcher(features.group(1)).results().map(name -> name.group(1)).toList();
    }

    static List<String> bundlesOf(String feature) {
        return BUNDLE.matcher(feature).results().map((MatchResult id) -> id.group(1)).toList();
    }

    /** Names of the runtimes that list the bundle. */
    Set<String> listing(String symbolicName) {
        Set<String> names = new TreeSet<>();
        bundlesByRuntime.forEach((runtime, bundles) -> {
            if (bundles.contains(symbolicName)) {
                names.add(runtime);
            }
        });
        return names;
    }
}
