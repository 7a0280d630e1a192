package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text (RFC 8259) into maps, lists, texts, {@link Long}, {@link Double} and {@link
 * Boolean}. Keys keep their order; {@code null} is left out, as if it were not there. One thread,
 * used once.
 *
 * <p>A reader of our own, since two small files do not justify that every runtime carries a JSON
 * library below the engine; the floor plan forbids it there.
 */
final class JsonReader {
    /** Nesting of maps and lists; bounds the recursion. */
    static final int MAX_DEPTH = 64;

    /** Digits and signs of a number. */
    private static final int MAX_NUMBER_CHARS = 64;

    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final String text;
    private int at;

    /**
     * A reader of UTF-8; a byte order mark is skipped.
     *
     * @throws IOException the bytes are not UTF-8
     */
    JsonReader(byte[] utf8) throws IOException {
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("not UTF-8", e);
        }
        at = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
    }

    /**
     * Reads the whole text.
     *
     * @throws IOException it is not one JSON object: what is wrong, and where
     */
    Map<String, Object> readObject() throws IOException {
        skipSpace();
        expect('{');
        Map<String, Object> object = object(1);
        skipSpace();
        if (at < text.length()) {
            throw wrong("the end");
        }
        return object;
    }

    private @Nullable Object value(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw wrong("at most " + MAX_DEPTH + " levels");
        }
        skipSpace();
        char first = peek();
        return switch (first) {
            case '{' -> {
                at++;
                yield object(depth);
            }
            case '[' -> {
                at++;
                yield list(depth);
            }
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        skipSpace();
        if (accept('}')) {
            return entries;
        }
        do {
            skipSpace();
            String key = string();
            skipSpace();
            expect(':');
            Object value = value(depth + 1);
            if (value != null) {
                entries.put(key, value);
            }
            skipSpace();
        } while (accept(','));
        expect('}');
        return entries;
    }

    private List<Object> list(int depth) throws IOException {
        List<Object> elements = new ArrayList<>();
        skipSpace();
        if (accept(']')) {
            return elements;
        }
        do {
            Object value = value(depth + 1);
            if (value != null) {
                elements.add(value);
            }
            skipSpace();
        } while (accept(','));
        expect(']');
        return elements;
    }

    private String string() throws IOException {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return out.toString();
            }
            if (c < ' ') {
                at--;
                throw wrong("a text without control characters");
            }
            out.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() throws IOException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> {
                at--;
                throw wrong("an escape");
            }
        };
    }

    private char codeUnit() throws IOException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw wrong("a hexadecimal digit");
            }
            at++;
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private Object number() throws IOException {
        int start = at;
        boolean whole = true;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            whole &= "+.eE".indexOf(text.charAt(at)) < 0;
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty()
                || digits.length() > MAX_NUMBER_CHARS
                || !digits.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?")) {
            at = start;
            throw wrong("a value");
        }
        try {
            return whole ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
        } catch (NumberFormatException _) { // a whole number beyond 64 bits
            return Double.valueOf(digits);
        }
    }

    private <T extends @Nullable Object> T word(String word, T meaning) throws IOException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value");
        }
        at += word.length();
        return meaning;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws IOException {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private boolean accept(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void expect(char wanted) throws IOException {
        if (!accept(wanted)) {
            throw wrong("'" + wanted + "'");
        }
    }

    private IOException wrong(String expected) {
        long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
        int column = at - text.lastIndexOf('\n', at - 1);
        return new IOException(
                "JSON, line %d column %d: %s expected".formatted(line, column, expected));
    }
}
