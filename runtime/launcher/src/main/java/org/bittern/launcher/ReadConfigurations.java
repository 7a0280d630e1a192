package org.bittern.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;

/**
 * Which configurations the bundles of a runtime read: a PID that nobody reads is a slip of the pen,
 * and what was meant would silently not happen. Keeps nothing.
 */
final class ReadConfigurations {
    private static final String OURS = "org.bittern.";
    private static final Pattern PID = Pattern.compile("configuration-pid=\"([^\"]+)\"");

    private ReadConfigurations() {}

    /**
     * Refuses PIDs that no installed bundle reads.
     *
     * @param typed after {@code --set}; a factory's PID has {@code ~NAME} behind it
     * @param planned PIDs that features and the runtime configure
     */
    static void require(Collection<String> typed, Collection<String> planned, List<Bundle> bundles)
            throws LaunchException {
        for (String pid : typed) {
            String base = pid.replaceFirst("~.*", "");
            if (!planned.contains(pid) && bundles.stream().noneMatch(one -> reads(one, base))) {
                throw new LaunchException(
                        "--set "
                                + pid
                                + ": no bundle of this runtime reads that; its own read "
                                + String.join(", ", own(bundles)));
            }
        }
    }

    private static boolean reads(Bundle bundle, String pid) {
        String name = bundle.getSymbolicName();
        if (!name.startsWith(OURS) && (isBelow(name, pid) || isBelow(pid, name))) {
            return true; // others read configurations in ways that cannot be seen from outside
        }
        return components(bundle).contains("\"" + pid + "\"");
    }

    private static boolean isBelow(String name, String other) {
        return (name + ".").startsWith(other + ".");
    }

    private static Collection<String> own(List<Bundle> bundles) {
        Collection<String> pids = new TreeSet<>();
        for (Bundle bundle : bundles) {
            if (bundle.getSymbolicName().startsWith(OURS)) {
                Matcher matcher = PID.matcher(components(bundle));
                while (matcher.find()) {
                    pids.add(matcher.group(1));
                }
            }
        }
        return pids;
    }

    /** The descriptions of a bundle's components, one behind the other. */
    private static String components(Bundle bundle) {
        String header = bundle.getHeaders("").get("Service-Component");
        if (header == null) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        for (String path : header.split("\\s*,\\s*", -1)) {
            int slash = path.lastIndexOf('/');
            var found =
                    bundle.findEntries(
                            "/" + path.substring(0, slash + 1), path.substring(slash + 1), false);
            for (URL entry : found == null ? List.<URL>of() : Collections.list(found)) {
                try (InputStream text = entry.openStream()) {
                    all.append(new String(text.readAllBytes(), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new IllegalStateException("cannot read " + entry, e);
                }
            }
        }
        return all.toString();
    }
}
