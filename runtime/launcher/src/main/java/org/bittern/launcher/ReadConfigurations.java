package org.bittern.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;

/**
 * Which configurations the bundles of a runtime read: a PID or a key that nobody reads is a slip of
 * the pen, and what was meant would silently not happen. Keeps nothing.
 */
final class ReadConfigurations {
    private static final String OURS = "org.bittern.";
    private static final Pattern PID = Pattern.compile("configuration-pid=\"([^\"]+)\"");

    private static final Pattern KEY = Pattern.compile("<AD id=\"([^\"]+)\"");

    /** What OSGi itself reads of any component's configuration, and what is private to one. */
    private static final Pattern GENERAL =
            Pattern.compile("\\..*|service\\..*|osgi\\..*|.*\\.target|.*\\.cardinality\\.minimum");

    private ReadConfigurations() {}

    /**
     * Refuses PIDs that no installed bundle reads, and keys that none of ours reads of its PID.
     *
     * @param typed PID → properties after {@code --set}; a factory's PID has {@code ~NAME} behind
     *     it
     * @param planned PIDs that features and the runtime configure
     */
    static void require(
            Map<String, Map<String, Object>> typed,
            Collection<String> planned,
            List<Bundle> bundles)
            throws LaunchException {
        for (String pid : typed.keySet()) {
            String base = pid.replaceFirst("~.*", "");
            if (!planned.contains(pid) && bundles.stream().noneMatch(one -> reads(one, base))) {
                throw new LaunchException(
                        "--set "
                                + pid
                                + ": no bundle of this runtime reads that; its own read "
                                + String.join(", ", own(bundles)));
            }
            requireKeys(pid, typed.get(pid).keySet(), keys(base, bundles));
        }
    }

    /** Who describes no keys checks what is written itself. */
    private static void requireKeys(
            String pid, Collection<String> typed, Collection<String> described)
            throws LaunchException {
        for (String key : typed) {
            if (!described.isEmpty()
                    && !described.contains(key)
                    && !GENERAL.matcher(key).matches()) {
                throw new LaunchException(
                        "--set %s:%s: there is no such key; there are %s"
                                .formatted(pid, key, String.join(", ", described)));
            }
        }
    }

    /** The keys that descriptions of a configuration name. */
    private static Collection<String> keys(String pid, List<Bundle> bundles) {
        Collection<String> keys = new TreeSet<>();
        for (Bundle bundle : bundles) {
            if (bundle.getSymbolicName().startsWith(OURS)) {
                for (String description : texts(bundle, "/OSGI-INF/metatype/", "*.xml")) {
                    if (description.contains("id=\"" + pid + "\"")) {
                        Matcher matcher = KEY.matcher(description);
                        while (matcher.find()) {
                            keys.add(matcher.group(1));
                        }
                    }
                }
            }
        }
        return keys;
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
            texts(bundle, "/" + path.substring(0, slash + 1), path.substring(slash + 1))
                    .forEach(all::append);
        }
        return all.toString();
    }

    private static List<String> texts(Bundle bundle, String folder, String name) {
        List<String> texts = new ArrayList<>();
        var found = bundle.findEntries(folder, name, false);
        for (URL entry : found == null ? List.<URL>of() : Collections.list(found)) {
            try (InputStream text = entry.openStream()) {
                texts.add(new String(text.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException("cannot read " + entry, e);
            }
        }
        return texts;
    }
}
