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
    static final AskedSettings NONE = new AskedSettings(Settings.EMPTY, Map.of());

    private final Map<String, Object> asked = new HashMap<>();
    private final Map<String, Object> before = new HashMap<>();

    /**
     * @param stored what was stored before the start
     */
    AskedSettings(Settings asked, Map<String, Object> stored) {
        asked.print(this.asked::put);
        before.putAll(stored);
        before.keySet().retainAll(this.asked.keySet());
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
