package org.bittern.daemon.internal;

import java.io.IOException;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Puts what the settings say into ConfigAdmin, where something may stand already: what was typed
 * with {@code --set} wins over the settings, until they are changed. Used by one thread at a time.
 */
final class PublishedSettings {
    /**
     * Key for what was typed: {@code key=value} with the value that the settings say instead, as
     * text. It is kept beside what was typed, where it outlives an update of this bundle, and the
     * next generation notices what was changed before it came. Nobody but us reads it, and as its
     * name begins with a dot no service shows it (Compendium 8, 104.4.4).
     */
    static final String TYPED = ".bittern.typed";

    private static final char SAYS = '=';

    private final ConfigurationAdmin admin;
    private final Map<String, Map<String, Object>> typed = new HashMap<>(); // by PID
    private final Map<String, Map<String, String>> said = new HashMap<>(); // by settings; likewise

    PublishedSettings(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /** Has a bundle configured by these properties, but for what was typed. */
    void put(String pid, Map<String, Object> properties) throws IOException {
        Configuration configuration = admin.getConfiguration(pid, "?");
        Map<String, Object> over = typed(pid, configuration);
        Map<String, String> before = said.computeIfAbsent(pid, one -> new HashMap<>());
        Map<String, String> now = new TreeMap<>();
        over.keySet().forEach(key -> now.put(key, text(properties.get(key))));
        now.keySet()
                .removeIf(key -> before.containsKey(key) && !before.get(key).equals(now.get(key)));
        over.keySet().retainAll(now.keySet());
        said.put(pid, now);
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(over);
        all.put(
                TYPED,
                now.entrySet().stream()
                        .map(entry -> entry.getKey() + SAYS + entry.getValue())
                        .toArray(String[]::new));
        configuration.updateIfDifferent(FrameworkUtil.asDictionary(all));
    }

    private static String text(@Nullable Object value) {
        return Arrays.deepToString(new Object[] {value});
    }

    /** Has a bundle configured by what was typed and nothing else. */
    void retract(String pid) throws IOException {
        if (typed(pid, admin.getConfiguration(pid, "?")).isEmpty()) {
            remove(pid);
        } else {
            put(pid, Map.of());
        }
    }

    /** Leaves a bundle without configuration, until the next one is put. */
    void remove(String pid) throws IOException {
        Configuration configuration = admin.getConfiguration(pid, "?");
        typed(pid, configuration);
        configuration.delete();
    }

    /** What stood there before anything was put, whichever generation of this bundle did. */
    private Map<String, Object> typed(String pid, Configuration configuration) {
        return typed.computeIfAbsent(pid, one -> typed(one, configuration.getProperties()));
    }

    private Map<String, Object> typed(String pid, @Nullable Dictionary<String, Object> present) {
        Map<String, Object> found = new TreeMap<>();
        if (present != null) {
            for (Enumeration<String> keys = present.keys(); keys.hasMoreElements(); ) {
                String key = keys.nextElement();
                found.put(key, present.get(key));
            }
        }
        if (found.get(TYPED) instanceof String[] entries) {
            Map<String, String> before = new HashMap<>();
            for (String entry : entries) {
                int end = entry.indexOf(SAYS);
                before.put(entry.substring(0, end), entry.substring(end + 1));
            }
            found.keySet().retainAll(before.keySet());
            said.put(pid, before);
        }
        // The first is no setting. When the door opens is for the daemon alone to say.
        found.keySet().removeAll(List.of(Constants.SERVICE_PID, DoorSettings.OPEN));
        return found;
    }
}
