package org.bittern.launcher;

import java.nio.file.Path;

/**
 * Maven coordinates of a bundle as features write them: {@code group:artifact:version} or {@code
 * group:artifact:jar:classifier:version}.
 *
 * @param group not used to find the jar, kept because feature files carry it
 * @param classifier empty for most
 */
record BundleId(String group, String artifact, String classifier, String version) {
    private static final int WITH_CLASSIFIER = 5;

    static BundleId parse(String text) throws LaunchException {
        String[] parts = text.split(":", -1);
        boolean classified = parts.length == WITH_CLASSIFIER && parts[2].equals("jar");
        if (parts.length != 3 && !classified) {
            throw new LaunchException(
                    "bundle id '"
                            + text
                            + "' is neither group:artifact:version"
                            + " nor group:artifact:jar:classifier:version");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.contains("/") || part.contains("..")) {
                throw new LaunchException("bundle id '" + text + "' has a bad part");
            }
        }
        return classified
                ? new BundleId(parts[0], parts[1], parts[3], parts[4])
                : new BundleId(parts[0], parts[1], "", parts[2]);
    }

    /** Where the distribution keeps the jar. */
    Path in(Path bundles) {
        String tail = classifier.isEmpty() ? "" : "-" + classifier;
        return bundles.resolve(artifact + "-" + version + tail + ".jar");
    }

    @Override
    public String toString() {
        String middle = classifier.isEmpty() ? "" : ":jar:" + classifier;
        return group + ":" + artifact + middle + ":" + version;
    }
}
