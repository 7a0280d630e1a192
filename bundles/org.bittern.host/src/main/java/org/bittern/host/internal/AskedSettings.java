package org.bittern.host.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bittern.api.engine.Settings;

/**
 * What a start was asked for holds for that run: it is stored only where it was changed since, so
 * that one command does not decide how the next one runs. Immutable.
 */
final class AskedSettings {
    static final AskedSettings NONE = new AskedSettings(Map.of(), Map.of());

    private final Map<String, Object> asked;
    private final Map<String, Object> before;

    private AskedSettings(Map<String, Object> asked, Map<String, Object> before) {
        this.asked = asked;
        this.before = before;
    }

    /**
     * These and more.
     *
     * @param stored what is stored before these are asked for
     */
    AskedSettings and(Settings more, Map<String, Object> stored) {
        Map<String, Object> allAsked = new HashMap<>(asked);
        Map<String, Object> allBefore = new HashMap<>(before);
        more.print((key, value) -> {
            allAsked.put(key, value);
            if (stored.containsKey(key)) {
                allBefore.put(key, stored.get(key));
            } else {
                allBefore.remove(key);
            }
        });
        return new AskedSettings(allAsked, allBefore);
    }

    /** Settings in force as they are to be stored. */
    Map<String, Object> toStore(Map<String, Object> inForce) {
        Map<String, Object> result = new LinkedHashMap<>(inForce);
        asked.forEach((key, value) -> {
            if (!Objects.equals(inForce.get(key), value)) {
                return; // changed since
            }
            if (before.containsKey(key)) {
                result.put(key, before.get(key));
            } else {
                result.remove(key);
            }
        });
        return result;
    }
}
