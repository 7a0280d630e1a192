package org.bittern.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call by their names in snake_case, as lenient as Transmission: a value of a
 * wrong type is as good as none. Immutable; values are texts, numbers, truth values, lists, maps.
 */
public final class Arguments {
    /** None. */
    public static final Arguments NONE = new Arguments(Map.of());

    private final Map<String, @Nullable Object> values;

    private Arguments(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /**
     * Takes what was parsed.
     *
     * @param dialect the legacy dialect allows every spelling of a name, the other one only its own
     */
    public static Arguments of(Map<?, ?> parsed, Dialect dialect) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        parsed.forEach((key, value) -> {
            String name = String.valueOf(key);
            String snake = Names.snake(name);
            if (dialect == Dialect.LEGACY || snake.equals(name)) {
                values.put(snake, value);
            }
        });
        return new Arguments(values);
    }

    /** True when there is such an argument, of any type, also null. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The names that were given. */
    public Set<String> names() {
        return values.keySet();
    }

    /** The value as it was parsed; null when it is absent or null. */
    public @Nullable Object raw(String name) {
        return values.get(name);
    }

    public Optional<String> text(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Truth values, 0 and 1, "true" and "false". */
    public Optional<Boolean> flag(String name) {
        return switch (values.get(name)) {
            case Boolean flag -> Optional.of(flag);
            case Integer number when number == 0 || number == 1 -> Optional.of(number == 1);
            case Long number when number == 0 || number == 1 -> Optional.of(number == 1);
            case String text when text.equals("true") -> Optional.of(true);
            case String text when text.equals("false") -> Optional.of(false);
            case null, default -> Optional.empty();
        };
    }

    /** Whole numbers of 64 bits, and truth values. */
    public OptionalLong integer(String name) {
        return integer(values.get(name));
    }

    /** Numbers, and texts that are numbers; never infinite. */
    public OptionalDouble decimal(String name) {
        double value =
                switch (values.get(name)) {
                    case Number number -> number.doubleValue();
                    case String text -> parsed(text);
                    case null, default -> Double.NaN;
                };
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /** A list; its elements are of any type. */
    public Optional<List<?>> list(String name) {
        return values.get(name) instanceof List<?> list ? Optional.of(list) : Optional.empty();
    }

    /** The texts of a list; other elements are left out. */
    public Optional<List<String>> texts(String name) {
        return list(name)
                .map(list -> {
                    List<String> texts = new ArrayList<>();
                    for (Object element : list) {
                        if (element instanceof String text) {
                            texts.add(text);
                        }
                    }
                    return texts;
                });
    }

    /** The whole numbers of a list; others become -1, which names nothing. */
    public Optional<List<Integer>> integers(String name) {
        return list(name)
                .map(list -> {
                    List<Integer> numbers = new ArrayList<>();
                    for (Object element : list) {
                        // Left out, it could make the list an empty one, which names all.
                        numbers.add(index(integer(element).orElse(-1)));
                    }
                    return numbers;
                });
    }

    /** A number that names something: what does not fit names nothing. */
    public OptionalInt index(String name) {
        OptionalLong number = integer(name);
        return number.isPresent() ? OptionalInt.of(index(number.getAsLong())) : OptionalInt.empty();
    }

    private static int index(long number) {
        return number < 0 || number > Integer.MAX_VALUE ? -1 : (int) number;
    }

    private static OptionalLong integer(@Nullable Object value) {
        return switch (value) {
            case Integer number -> OptionalLong.of(number);
            case Long number -> OptionalLong.of(number);
            case Boolean flag -> OptionalLong.of(flag ? 1 : 0);
            case null, default -> OptionalLong.empty();
        };
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
