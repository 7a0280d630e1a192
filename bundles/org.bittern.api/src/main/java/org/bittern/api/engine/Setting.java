package org.bittern.api.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/**
 * A typed key of {@link Settings}: name, default, allowed values, and the form that the value has
 * in {@code settings.json} and in adapters (text, number, truth value or list of texts).
 *
 * @param <T> type of the value inside the program; immutable
 */
public final class Setting<T> {
    private static final int BYTES_PER_KILOBYTE = 1000;

    /** What is shown in the place of a secret. */
    public static final String REDACTED = "<REDACTED>";

    private final String name;
    private final T defaultValue;
    private final Function<Object, T> parser;
    private final Function<T, Object> printer;
    private final boolean secret;

    private Setting(
            String name, T defaultValue, Function<Object, T> parser, Function<T, Object> printer) {
        this(name, defaultValue, parser, printer, false);
    }

    private Setting(
            String name,
            T defaultValue,
            Function<Object, T> parser,
            Function<T, Object> printer,
            boolean secret) {
        this.name = name;
        this.defaultValue = defaultValue;
        this.parser = parser;
        this.printer = printer;
        this.secret = secret;
    }

    /** A truth value. */
    public static Setting<Boolean> flag(String name, boolean defaultValue) {
        return new Setting<>(
                name,
                defaultValue,
                value -> {
                    if (value instanceof Boolean flag) {
                        return flag;
                    }
                    throw wrong(name, value, "true or false");
                },
                value -> value);
    }

    /** A whole number within bounds. */
    public static Setting<Integer> integer(String name, int defaultValue, int least, int most) {
        return new Setting<>(
                name, defaultValue, value -> (int) whole(name, value, least, most), value -> value);
    }

    /** A whole number of 64 bits, not negative. */
    public static Setting<Long> count(String name, long defaultValue) {
        return new Setting<>(
                name, defaultValue, value -> whole(name, value, 0, Long.MAX_VALUE), value -> value);
    }

    /** A number within bounds. */
    public static Setting<Double> decimal(
            String name, double defaultValue, double least, double most) {
        return new Setting<>(
                name,
                defaultValue,
                value -> {
                    if (value instanceof Number number
                            && number.doubleValue() >= least
                            && number.doubleValue() <= most) {
                        return number.doubleValue();
                    }
                    throw wrong(name, value, "a number from " + least + " to " + most);
                },
                value -> value);
    }

    /** A rate: bytes per second inside, kB/s (1000 bytes) outside as Transmission writes it. */
    public static Setting<Long> rate(String name, long defaultBytesPerSecond) {
        return new Setting<>(
                name,
                defaultBytesPerSecond,
                value -> {
                    if (value instanceof Number number
                            && number.doubleValue() >= 0
                            && number.doubleValue() <= Integer.MAX_VALUE) {
                        return Math.round(number.doubleValue() * BYTES_PER_KILOBYTE);
                    }
                    throw wrong(name, value, "kB/s, 0 to " + Integer.MAX_VALUE);
                },
                value ->
                        value % BYTES_PER_KILOBYTE == 0
                                ? (Object) (value / BYTES_PER_KILOBYTE)
                                : (Object) (value / (double) BYTES_PER_KILOBYTE));
    }

    /** A text without control characters. */
    public static Setting<String> text(String name, String defaultValue) {
        return new Setting<>(name, defaultValue, value -> plainText(name, value), value -> value);
    }

    /** A text that may have several lines. */
    public static Setting<String> lines(String name, String defaultValue) {
        return new Setting<>(
                name,
                defaultValue,
                value -> {
                    if (value instanceof String text) {
                        text.lines().forEach(line -> plainText(name, line.replace('\t', ' ')));
                        return text;
                    }
                    throw wrong(name, value, "a text");
                },
                value -> value);
    }

    /** A text that is stored and used, but never shown: see {@link #shown}. */
    public static Setting<String> secret(String name) {
        return new Setting<>(
                name,
                "",
                value -> {
                    if (value instanceof String text
                            && text.chars().noneMatch(Character::isISOControl)) {
                        return text;
                    }
                    throw wrong(name, REDACTED, "a text without control characters");
                },
                value -> value,
                true);
    }

    /** A list of texts. */
    public static Setting<List<String>> texts(String name, List<String> defaultValue) {
        return new Setting<>(
                name,
                List.copyOf(defaultValue),
                value -> {
                    if (!(value instanceof List<?> list)) {
                        throw wrong(name, value, "a list of texts");
                    }
                    List<String> texts = new ArrayList<>(list.size());
                    for (Object element : list) {
                        texts.add(plainText(name, element));
                    }
                    return List.copyOf(texts);
                },
                value -> value);
    }

    /** One of a few names, in lower case outside; a number counts them from 0. */
    public static <E extends Enum<E>> Setting<E> choice(String name, E defaultValue) {
        List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        return new Setting<>(
                name,
                defaultValue,
                value -> {
                    for (int i = 0; i < constants.size(); i++) {
                        E constant = constants.get(i);
                        boolean named =
                                value instanceof String text
                                        && text.equalsIgnoreCase(constant.name());
                        boolean numbered =
                                value instanceof Number number && number.doubleValue() == i;
                        if (named || numbered) {
                            return constant;
                        }
                    }
                    throw wrong(name, value, "one of " + constants);
                },
                value -> value.name().toLowerCase(Locale.ROOT));
    }

    /** The key in {@code settings.json}: Transmission's name where Transmission has one. */
    public String name() {
        return name;
    }

    /** What holds while nobody has set it. */
    public T defaultValue() {
        return defaultValue;
    }

    /**
     * Checks a value from outside.
     *
     * @param value text, number, truth value or list, as a JSON reader gives it
     * @throws EngineException INVALID_ARGUMENT: which setting, which value, what is allowed
     */
    public T parse(Object value) {
        return parser.apply(value);
    }

    /** The value in the form that {@link #parse} takes. */
    public Object print(T value) {
        return printer.apply(value);
    }

    /**
     * The value in the form that people and programs outside may see: that of {@link #print},
     * unless it is a secret; then {@link #REDACTED} when there is one, else an empty text.
     */
    public Object shown(T value) {
        if (!secret) {
            return print(value);
        }
        return value.equals(defaultValue) ? "" : REDACTED;
    }

    /** True when the value must not be shown. */
    public boolean isSecret() {
        return secret;
    }

    @Override
    public String toString() {
        return name;
    }

    private static long whole(String name, Object value, long least, long most) {
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && Math.abs(number.doubleValue()) <= Long.MAX_VALUE // or longValue cuts it off
                && number.longValue() >= least
                && number.longValue() <= most) {
            return number.longValue();
        }
        throw wrong(name, value, "a whole number from " + least + " to " + most);
    }

    private static String plainText(String name, Object value) {
        if (value instanceof String text && text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        throw wrong(name, value, "a text without control characters");
    }

    private static EngineException wrong(String name, Object value, String allowed) {
        return new EngineException(
                EngineException.Code.INVALID_ARGUMENT,
                name + ": " + Objects.toString(value) + " is not allowed, expected " + allowed);
    }
}
