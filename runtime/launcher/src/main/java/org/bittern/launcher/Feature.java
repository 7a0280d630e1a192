package org.bittern.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One capability: bundles and their configurations, as OSGi Feature JSON says it (Compendium R8,
 * chapter 159). Immutable. Extensions and variables are refused, not ignored.
 *
 * @param bundles in the order in which they start
 * @param configurations PID → properties; a factory PID is {@code factory~name}
 */
record Feature(String id, List<BundleId> bundles, Map<String, Map<String, Object>> configurations) {

    static Feature read(Path file) throws LaunchException {
        Map<String, Object> json = JsonText.read(file);
        for (String unsupported : List.of("extensions", "variables")) {
            if (json.containsKey(unsupported)) {
                throw new LaunchException(file + ": '" + unsupported + "' is not supported");
            }
        }
        if (!(json.get("id") instanceof String id)) {
            throw new LaunchException(file + ": no id");
        }
        return new Feature(id, bundles(file, json), configurations(file, json));
    }

    private static List<BundleId> bundles(Path file, Map<String, Object> json)
            throws LaunchException {
        List<BundleId> bundles = new ArrayList<>();
        if (!(json.getOrDefault("bundles", List.of()) instanceof List<?> entries)) {
            throw new LaunchException(file + ": 'bundles' is not an array");
        }
        for (Object entry : entries) {
            Object id = entry instanceof Map<?, ?> described ? described.get("id") : entry;
            bundles.add(BundleId.parse(String.valueOf(id)));
        }
        return List.copyOf(bundles);
    }

    /** Reads the member {@code configurations}, which runtimes have in the same form. */
    static Map<String, Map<String, Object>> configurations(Path file, Map<String, Object> json)
            throws LaunchException {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        if (!(json.getOrDefault("configurations", Map.of()) instanceof Map<?, ?> byPid)) {
            throw new LaunchException(file + ": 'configurations' is not an object");
        }
        for (Map.Entry<?, ?> entry : byPid.entrySet()) {
            if (!(entry.getValue() instanceof Map<?, ?> properties)) {
                throw new LaunchException(file + ": " + entry.getKey() + " is not an object");
            }
            Map<String, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> property : properties.entrySet()) {
                copy.put(
                        String.valueOf(property.getKey()),
                        ConfigurationValue.of(file, property.getValue()));
            }
            all.put(String.valueOf(entry.getKey()), copy);
        }
        return all;
    }
}
