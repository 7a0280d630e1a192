package org.bittern.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All that one runtime starts: the features that its {@code runtime.json} lists, merged. Immutable.
 *
 * @param levels bundles by start level; the first list is level 1. A later feature starts after an
 *     earlier one and stops before it
 * @param configurations PID → properties; a later feature adds to or overrides an earlier one, and
 *     the runtime overrides them all
 * @param complete whether the process is of no use while a component is unsatisfied
 * @param service whether it runs until it is told to stop, so that a signal is its regular end
 * @param quiet bundles of which no warnings are logged: the command says itself, in one line, what
 *     failed
 */
record RuntimePlan(
        String name,
        List<List<Path>> levels,
        Map<String, Map<String, Object>> configurations,
        boolean complete,
        boolean service,
        List<String> quiet) {
    private static final Pattern FEATURE_NAME = Pattern.compile("[a-z][a-z0-9.-]{0,60}");

    /**
     * Reads {@code home/runtime/NAME/runtime.json} and the features it lists.
     *
     * @param home root of a distribution: bundles, features, lib, runtime
     * @param with features that start after those of the runtime
     */
    static RuntimePlan read(Path home, String name, List<String> with) throws LaunchException {
        Path file = home.resolve("runtime").resolve(name).resolve("runtime.json");
        Map<String, Object> json = JsonText.read(file);
        if (!(json.get("features") instanceof List<?> features) || features.isEmpty()) {
            throw new LaunchException(file + ": lists no features");
        }
        List<List<Path>> levels = new ArrayList<>();
        Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();
        Set<Path> seen = new HashSet<>(); // not their ids: the first hash of a record costs 10 ms
        List<Object> all = new ArrayList<>(features);
        all.addAll(with);
        for (Object feature : all) {
            Feature read = Feature.read(featureFile(home, String.valueOf(feature)));
            List<Path> level = new ArrayList<>();
            for (BundleId bundle : read.bundles()) {
                Path jar = jar(home, read, bundle);
                if (seen.add(jar)) {
                    level.add(jar);
                }
            }
            levels.add(List.copyOf(level));
            merge(configurations, read.configurations());
        }
        merge(configurations, Feature.configurations(file, json));
        return new RuntimePlan(
                name,
                List.copyOf(levels),
                configurations,
                Boolean.TRUE.equals(json.get("complete")),
                Boolean.TRUE.equals(json.get("service")),
                names(json.getOrDefault("quiet", List.of())));
    }

    private static List<String> names(Object listed) {
        return listed instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(listed));
    }

    private static Path featureFile(Path home, String feature) throws LaunchException {
        if (!FEATURE_NAME.matcher(feature).matches()) {
            throw new LaunchException("'" + feature + "' is no name of a feature");
        }
        return home.resolve("features").resolve(feature + ".json");
    }

    private static Path jar(Path home, Feature feature, BundleId bundle) throws LaunchException {
        Path jar = bundle.in(home.resolve("bundles"));
        if (!Files.exists(jar)) {
            throw new LaunchException(
                    "feature " + feature.id() + " lists " + bundle + ", but there is no " + jar);
        }
        return jar;
    }

    private static void merge(
            Map<String, Map<String, Object>> all, Map<String, Map<String, Object>> more) {
        more.forEach((pid, properties) ->
                all.computeIfAbsent(pid, absent -> new LinkedHashMap<>()).putAll(properties));
    }
}
