package org.bittern.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one command, by snake_case name; camelCase is accepted too. Each getter refuses
 * a value of the wrong type with a message that names it. Not thread-safe.
 */
public final class Params {
    private final Map<String, Object> values = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * Wraps what a JSON reader gave.
     *
     * @param given values may be null: they count as absent
     */
    public Params(Map<String, ? extends @Nullable Object> given) {
        given.forEach((name, value) -> {
            if (value != null) {
                values.put(snake(name), value);
            }
        });
    }

    /** A text that must be there and not be empty. */
    public String text(String name) {
        return optionalText(name)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> ControlException.invalid("'" + name + "' is missing"));
    }

    public Optional<String> optionalText(String name) {
        return value(name)
                .map(value -> {
                    if (value instanceof String text) {
                        return text;
                    }
                    throw wrong(name, "a text");
                });
    }

    public Optional<Boolean> flag(String name) {
        return value(name)
                .map(value -> {
                    if (value instanceof Boolean flag) {
                        return flag;
                    }
                    throw wrong(name, "true or false");
                });
    }

    /** A whole number within bounds. */
    public Optional<Long> whole(String name, long least, long most) {
        return value(name)
                .map(value -> {
                    if (value instanceof Number number
                            && number.doubleValue() == Math.rint(number.doubleValue())
                            && number.longValue() >= least
                            && number.longValue() <= most) {
                        return number.longValue();
                    }
                    throw wrong(name, "a whole number from " + least + " to " + most);
                });
    }

    /** A list of whole numbers within bounds. */
    public Optional<List<Integer>> wholes(String name, int least, int most) {
        return value(name)
                .map(value -> {
                    if (!(value instanceof List<?> list)) {
                        throw wrong(name, "a list of whole numbers");
                    }
                    return list.stream()
                            .map(element -> wholeElement(name, element, least, most))
                            .toList();
                });
    }

    /** A list of texts. */
    public Optional<List<String>> texts(String name) {
        return value(name)
                .map(value -> {
                    if (value instanceof List<?> list
                            && list.stream().allMatch(String.class::isInstance)) {
                        return list.stream().map(String.class::cast).toList();
                    }
                    throw wrong(name, "a list of texts");
                });
    }

    /** An object within the object. */
    public Optional<Map<String, Object>> object(String name) {
        return value(name)
                .map(value -> {
                    if (!(value instanceof Map<?, ?> given)) {
                        throw wrong(name, "an object");
                    }
                    Map<String, Object> object = new HashMap<>();
                    given.forEach((key, element) -> {
                        if (element != null) {
                            object.put(String.valueOf(key), element);
                        }
                    });
                    return object;
                });
    }

    /** Names that were given and that no getter has asked for. */
    public List<String> ignored() {
        return values.keySet().stream().filter(name -> !asked.contains(name)).sorted().toList();
    }

    private Optional<Object> value(String name) {
        asked.add(name);
        return Optional.ofNullable(values.get(name));
    }

    private static int wholeElement(String name, @Nullable Object element, int least, int most) {
        if (element instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= least
                && number.doubleValue() <= most) {
            return number.intValue();
        }
        throw wrong(name, "whole numbers from " + least + " to " + most);
    }

    private static ControlException wrong(String name, String expected) {
        return ControlException.invalid("'" + name + "' must be " + expected);
    }

    private static String snake(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                snake.append(i == 0 ? "" : "_").append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }
}
