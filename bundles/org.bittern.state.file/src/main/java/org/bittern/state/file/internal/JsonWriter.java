package org.bittern.state.file.internal;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes maps, lists, texts, numbers and truth values as JSON that people can edit: four spaces a
 * level, keys in the order of the map, other than ASCII as it is. One thread, used once.
 */
final class JsonWriter {
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder();

    /**
     * The UTF-8 form, with a line feed at the end.
     *
     * @throws IllegalArgumentException a value of another type, a number that is not finite, or
     *     nesting that {@link JsonReader} would refuse
     */
    static byte[] write(Map<String, ?> object) {
        JsonWriter writer = new JsonWriter();
        writer.value(object, 1);
        writer.out.append('\n');
        return writer.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void value(Object value, int depth) {
        if (depth > JsonReader.MAX_DEPTH) {
            throw new IllegalArgumentException("JSON of more than " + depth + " levels");
        }
        switch (value) {
            case Map<?, ?> map ->
                    items(
                            "{}",
                            map.entrySet().iterator(),
                            depth,
                            entry -> {
                                text(String.valueOf(entry.getKey()));
                                out.append(": ");
                                value(entry.getValue(), depth + 1);
                            });
            case List<?> list ->
                    items("[]", list.iterator(), depth, element -> value(element, depth + 1));
            case String text -> text(text);
            case Boolean truth -> out.append((boolean) truth);
            case Integer _, Long _, Short _, Byte _ -> out.append(value);
            case Double number when Double.isFinite(number) -> out.append((double) number);
            case Float number when Float.isFinite(number) -> out.append((float) number);
            default ->
                    throw new IllegalArgumentException(
                            "no JSON for a " + value.getClass().getName());
        }
    }

    private <T> void items(String brackets, Iterator<T> items, int depth, Consumer<T> write) {
        out.append(brackets.charAt(0));
        if (items.hasNext()) {
            do {
                out.append('\n').repeat(INDENT, depth);
                write.accept(items.next());
                out.append(items.hasNext() ? "," : "");
            } while (items.hasNext());
            out.append('\n').repeat(INDENT, depth - 1);
        }
        out.append(brackets.charAt(1));
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // half a surrogate pair has no UTF-8 form
                    if (c < ' ' || isLoneSurrogate(text, i)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isLoneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c)
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
