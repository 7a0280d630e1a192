package org.bittern.api.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** An immutable set of values by typed key; a key that is absent has its default. */
public final class Settings {

    /** Nothing set. */
    public static final Settings EMPTY = new Settings(Map.of());

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = values;
    }

    /** The value, or the default of the key. */
    @SuppressWarnings("unchecked") // with() and parsed() put only values of the key's own type
    public <T> T get(Setting<T> key) {
        Object value = values.get(key);
        return value == null ? key.defaultValue() : (T) value;
    }

    /** True when the key has a value of its own. */
    public boolean has(Setting<?> key) {
        return values.containsKey(key);
    }

    /** The keys that have a value of their own. */
    public Set<Setting<?>> keys() {
        return values.keySet();
    }

    /** A copy with one value changed. */
    public <T> Settings with(Setting<T> key, T value) {
        return put(key, value);
    }

    /**
     * A copy with one value from outside.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    public Settings parsed(Setting<?> key, Object value) {
        return put(key, key.parse(value));
    }

    /** A copy with the changes laid over it. */
    public Settings overlaid(Settings changes) {
        Map<Setting<?>, Object> copy = new LinkedHashMap<>(values);
        copy.putAll(changes.values);
        return new Settings(copy);
    }

    /** Gives each set value by name, in the form of {@link Setting#print}. */
    public void print(BiConsumer<String, Object> sink) {
        values.keySet().forEach(key -> sink.accept(key.name(), printed(key)));
    }

    private <T> Object printed(Setting<T> key) {
        return key.print(get(key));
    }

    private Settings put(Setting<?> key, Object value) {
        Map<Setting<?>, Object> copy = new LinkedHashMap<>(values);
        copy.put(key, value);
        return new Settings(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
