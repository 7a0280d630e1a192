package org.bittern.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    /** How deep the JSON of a command may be nested, whatever carries it. */
    public static final int MAX_DEPTH = 100;

    /** How many tokens it may have: what is made of them fits into a small heap. */
    public static final int MAX_TOKENS = 1_000_000;

    /** Whole numbers up to here are exact in a double. */
    private static final double MAX_EXACT = 1L << 53;

    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * Wraps what a JSON reader gave.
     *
     * @param given values may be null: they count as absent
     */
    public Params(Map<String, ? extends @Nullable Object> given) {
        given.forEach((name, value) -> {
            this.given.put(snake(name), name);
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

    /** A text that may be left out, but not be empty. */
    public Optional<String> filledText(String name) {
        Optional<String> text = optionalText(name);
        if (text.filter(String::isEmpty).isPresent()) {
            throw wrong(name, "a text that is not empty");
        }
        return text;
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
                .map(value ->
                        exact(value)
                                .filter(number -> number >= least && number <= most)
                                .orElseThrow(() ->
                                        wrong(
                                                name,
                                                "a whole number from " + least + " to " + most)));
    }

    /** A list of whole numbers within bounds. */
    public Optional<List<Integer>> wholes(String name, int least, int most) {
        return value(name)
                .map(value -> {
                    if (!(value instanceof List<?> list)) {
                        throw wrong(name, "a list of whole numbers");
                    }
                    return list.stream()
                            .map(element ->
                                    exact(element)
                                            .filter(n -> n >= least && n <= most)
                                            .map(Long::intValue)
                                            .orElseThrow(() -> wrongElement(name, least, most)))
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

    /** An object within the object, as parameters of its own. */
    public Optional<Params> inner(String name) {
        return value(name)
                .map(value -> {
                    if (!(value instanceof Map<?, ?> given)) {
                        throw wrong(name, "an object");
                    }
                    Map<String, @Nullable Object> object = new LinkedHashMap<>();
                    given.forEach((key, element) -> object.put(String.valueOf(key), element));
                    return new Params(object);
                });
    }

    /** Names that no getter has asked for, as they were given. */
    public List<String> ignored() {
        return given.entrySet().stream()
                .filter(entry -> !asked.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    /** The field {@code ignored} of an answer; nothing when every name was asked for. */
    public Map<String, Object> remainder() {
        List<String> ignored = ignored();
        return ignored.isEmpty() ? Map.of() : Map.of("ignored", ignored);
    }

    private Optional<Object> value(String name) {
        asked.add(name);
        return Optional.ofNullable(values.get(name));
    }

    /** A whole number without loss: what does not fit would come out as another number. */
    private static Optional<Long> exact(@Nullable Object value) {
        return switch (value) {
            case Integer number -> Optional.of(number.longValue());
            case Long number -> Optional.of(number);
            case Double number when number == Math.rint(number) && Math.abs(number) <= MAX_EXACT ->
                    Optional.of(number.longValue());
            case null, default -> Optional.empty();
        };
    }

    private ControlException wrongElement(String name, int least, int most) {
        return wrong(name, "whole numbers from " + least + " to " + most);
    }

    /** Names it as the caller did. */
    private ControlException wrong(String name, String expected) {
        return ControlException.invalid(
                "'" + given.getOrDefault(name, name) + "' must be " + expected);
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
