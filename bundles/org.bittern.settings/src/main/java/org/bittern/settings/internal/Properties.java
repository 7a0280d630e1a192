package org.bittern.settings.internal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;

/** Settings as properties of a configuration, and back. No state. */
final class Properties {
    /** Keys that ConfigAdmin and its provisioners add. */
    private static final List<String> FOREIGN =
            List.of(Constants.SERVICE_PID, ConfigurationAdmin.SERVICE_BUNDLELOCATION);

    private static final List<String> FOREIGN_PREFIXES = List.of("felix.", ":configurator:", ".");

    private Properties() {}

    /**
     * The settings that properties name. Texts are taken for what the setting is: whoever types a
     * number on a command line means the number.
     *
     * @throws EngineException INVALID_ARGUMENT: an unknown key or a value that is not allowed
     */
    static Settings settings(Dictionary<String, ?> properties) {
        Settings settings = Settings.EMPTY;
        for (String name : Collections.list(properties.keys())) {
            if (isForeign(name)) {
                continue;
            }
            Setting<?> key =
                    EngineSettings.named(name)
                            .orElseThrow(() ->
                                    new EngineException(
                                            Code.INVALID_ARGUMENT, "no setting " + name));
            settings = parsed(settings, key, plain(properties.get(name)));
        }
        return settings;
    }

    private static Settings parsed(Settings settings, Setting<?> key, Object value) {
        if (!(value instanceof String text)) {
            return settings.parsed(key, value);
        }
        for (Object reading : readings(text)) {
            try {
                return settings.parsed(key, reading);
            } catch (EngineException e) {
                // the next reading may be what is meant
            }
        }
        return settings.parsed(key, text); // says what is allowed
    }

    private static List<Object> readings(String text) {
        List<Object> readings = new ArrayList<>();
        readings.add(text);
        if (text.equals("true") || text.equals("false")) {
            readings.add(Boolean.valueOf(text));
        }
        try {
            readings.add(Long.valueOf(text));
        } catch (NumberFormatException e) {
            // no whole number
        }
        try {
            readings.add(Double.valueOf(text));
        } catch (NumberFormatException e) {
            // no number
        }
        readings.add(text.isEmpty() ? List.of() : List.of(text.split(",", -1)));
        return readings;
    }

    private static boolean isForeign(String name) {
        return FOREIGN.contains(name) || FOREIGN_PREFIXES.stream().anyMatch(name::startsWith);
    }

    /** Whether properties have the same values in the same form, however wide a number is. */
    static boolean areSame(Dictionary<String, ?> some, Dictionary<String, ?> others) {
        return comparable(some).equals(comparable(others));
    }

    private static Map<String, Object> comparable(Dictionary<String, ?> properties) {
        Map<String, Object> comparable = new HashMap<>();
        for (String name : Collections.list(properties.keys())) {
            if (!isForeign(name)) {
                Object value = plain(properties.get(name));
                comparable.put(
                        name,
                        value instanceof Number number
                                ? new BigDecimal(number.toString()).stripTrailingZeros()
                                : value);
            }
        }
        return comparable;
    }

    /** Arrays and collections as lists. */
    private static Object plain(Object value) {
        if (value instanceof Object[] several) {
            return List.of(several);
        }
        if (value instanceof Collection<?> several) {
            return List.copyOf(several);
        }
        return value instanceof Character one ? String.valueOf(one) : value;
    }

    /** The properties of all settings but those that are secrets. */
    static Dictionary<String, Object> of(Settings settings) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Setting<?> key : EngineSettings.ALL) {
            if (!key.isSecret()) {
                properties.put(key.name(), configurable(printed(settings, key)));
            }
        }
        return FrameworkUtil.asDictionary(properties);
    }

    private static <T> Object printed(Settings settings, Setting<T> key) {
        return key.print(settings.get(key));
    }

    private static Object configurable(Object value) {
        if (value instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toArray(String[]::new);
        }
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }
}
