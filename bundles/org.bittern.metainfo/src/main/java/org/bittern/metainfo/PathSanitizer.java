package org.bittern.metainfo;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes names of strangers fit for file systems. Each element of a path is treated on its own; a
 * joined path is never split, so a separator inside an element cannot make a new one. What comes
 * out never leads out of a directory, on any system: it is not blank, not {@code .} or {@code ..},
 * has no separator, control or bidirectional override character, and is at most 240 bytes long, so
 * that a suffix still fits 255. On Windows it also has no trailing dot or space, none of the
 * characters {@code < > : " | ? *} and no name that is kept for devices; elsewhere such names are
 * kept, for that is how other programs wrote them. The result is stable: sanitising it again
 * changes nothing. Pure functions of the name and the kind of machine; any thread.
 */
public final class PathSanitizer {
    /** Bytes of one element in UTF-8. */
    public static final int MAX_ELEMENT_BYTES = 240;

    /** Extensions longer than this are cut like any other part of a name. */
    private static final int MAX_EXTENSION_BYTES = 32;

    private static final char REPLACEMENT = '_';

    /** Refused by Windows, or worse: a colon names a hidden stream of a file there. */
    private static final String WINDOWS_ONLY = "<>:\"|?*";

    private static final Set<String> DEVICES =
            Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$");
    private static final int LONGEST_DEVICE = "CONOUT$".length();
    private static final String PORT_DIGITS = "0123456789\u00b9\u00b2\u00b3";

    private PathSanitizer() {}

    /** The element made safe; never empty. */
    public static String element(String raw) {
        return element(raw, NameRules.HERE);
    }

    /** The element made safe for machines of a kind. */
    static String element(String raw, NameRules rules) {
        boolean windows = rules.windowsNames();
        String name = raw;
        if (!isPlain(raw)) {
            name = shorten(replaceForbidden(raw, windows), "");
            if (windows || isNoName(name)) {
                name = replaceTrailing(name);
            }
        }
        if (windows && isDevice(name)) {
            name = shorten(REPLACEMENT + name, "");
        }
        return name.isEmpty() ? String.valueOf(REPLACEMENT) : name;
    }

    /** Names of directories that every directory has, and what nobody could see. */
    private static boolean isNoName(String name) {
        return name.isBlank() || name.equals(".") || name.equals("..");
    }

    /**
     * The path made safe: elements that are empty or {@code .} mean nothing and are left out, the
     * others are made safe one by one.
     *
     * @return at least one element
     */
    public static List<String> path(List<String> raw) {
        List<String> safe = new ArrayList<>(raw.size());
        for (String element : raw) {
            if (!element.isEmpty() && !element.equals(".")) {
                String sane = element(element);
                safe.add(sane.equals(element) ? element : sane);
            }
        }
        return safe.isEmpty() ? List.of(String.valueOf(REPLACEMENT)) : safe;
    }

    /**
     * A name with a number before its extension: {@code bar.1.txt}.
     *
     * @param safe an element as {@link #element} gives it
     */
    static String numbered(String safe, int number) {
        String tail = "." + number;
        int dot = extensionStart(safe);
        return shorten(
                safe.substring(0, dot) + tail + safe.substring(dot), tail + safe.substring(dot));
    }

    /** What two names must not share. */
    static String folded(String safe, NameRules rules) {
        if (!rules.folding()) {
            return safe;
        }
        for (int i = 0; i < safe.length(); i++) {
            char c = safe.charAt(i);
            if (c > '~' || (c >= 'A' && c <= 'Z')) {
                String composed = Normalizer.normalize(safe, Normalizer.Form.NFC);
                return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
            }
        }
        return safe;
    }

    /** Whether only the check for devices is left to do; most names are such. */
    private static boolean isPlain(String name) {
        if (name.isEmpty() || name.length() > MAX_ELEMENT_BYTES) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c > '~' || c == '/' || c == '\\' || WINDOWS_ONLY.indexOf(c) >= 0) {
                return false;
            }
        }
        char last = name.charAt(name.length() - 1);
        return last != '.' && last != ' ';
    }

    private static String replaceForbidden(String name, boolean windows) {
        StringBuilder out = null;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean lone = Character.isSurrogate(c) && !inPair(name, i);
            if (lone || isForbidden(c) || (windows && WINDOWS_ONLY.indexOf(c) >= 0)) {
                if (out == null) {
                    out = new StringBuilder(name);
                }
                out.setCharAt(i, REPLACEMENT);
            }
        }
        return out == null ? name : out.toString();
    }

    private static boolean inPair(String name, int i) {
        return Character.isHighSurrogate(name.charAt(i))
                ? i + 1 < name.length() && Character.isLowSurrogate(name.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(name.charAt(i - 1));
    }

    private static boolean isForbidden(char c) {
        return c == '/'
                || c == '\\'
                || Character.isISOControl(c)
                || c == '\u200e' // marks and overrides of direction: "txt.exe" shown as "exe.txt"
                || c == '\u200f'
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }

    private static String replaceTrailing(String name) {
        int end = name.length();
        while (end > 0 && isCutOff(name.charAt(end - 1))) {
            end--;
        }
        return end == name.length()
                ? name
                : name.substring(0, end) + String.valueOf(REPLACEMENT).repeat(name.length() - end);
    }

    private static boolean isCutOff(char c) {
        return c == '.' || Character.isWhitespace(c);
    }

    private static boolean isDevice(String name) {
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).strip();
        if (stem.length() > LONGEST_DEVICE) {
            return false;
        }
        stem = stem.toUpperCase(Locale.ROOT);
        boolean port =
                stem.length() == 4
                        && (stem.startsWith("COM") || stem.startsWith("LPT"))
                        && PORT_DIGITS.indexOf(stem.charAt(3)) >= 0;
        return port || DEVICES.contains(stem);
    }

    /**
     * Cuts the stem so that the whole fits, and keeps {@code tail}, or the extension if that is
     * longer.
     */
    private static String shorten(String name, String tail) {
        if (name.length() * 3L <= MAX_ELEMENT_BYTES || bytes(name) <= MAX_ELEMENT_BYTES) {
            return name;
        }
        String kept = tail.isEmpty() ? name.substring(extensionStart(name)) : tail;
        int room = MAX_ELEMENT_BYTES - bytes(kept);
        int end = 0;
        int used = 0;
        int stem = name.length() - kept.length();
        while (end < stem) {
            int codePoint = name.codePointAt(end);
            used += bytes(codePoint);
            if (used > room) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return name.substring(0, end) + kept;
    }

    private static int extensionStart(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && bytes(name.substring(dot)) <= MAX_EXTENSION_BYTES ? dot : name.length();
    }

    /** Bytes in UTF-8; no lone surrogate is left here. */
    private static int bytes(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
