package org.bittern.launcher;

import java.nio.file.Path;

/**
 * Maven coordinates of a bundle as features write them: {@code group:artifact:version}.
 *
 * @param group not used to find the jar, kept because feature files carry it
 */
record BundleId(String group, String artifact, String version) {

    static BundleId parse(String text) throws LaunchException {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new LaunchException("bundle id '" + text + "' is not group:artifact:version");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.contains("/") || part.contains("..")) {
                throw new LaunchException("bundle id '" + text + "' has a bad part");
            }
        }
        return new BundleId(parts[0], parts[1], parts[2]);
    }

    /** Where the distribution keeps the jar. */
    Path in(Path bundles) {
        return bundles.resolve(artifact + "-" + version + ".jar");
    }

    @Override
    public String toString() {
        return group + ":" + artifact + ":" + version;
    }
}
