package org.bittern.metainfo;

/** Text of strangers made fit for a message or a log line. */
final class Printable {
    private static final int MAX_CHARS = 80;

    private Printable() {}

    /** The text without control and format characters, at most 80 characters of it. */
    static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_CHARS; i++) {
            char c = text.charAt(i);
            boolean odd =
                    Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.LINE_SEPARATOR
                            || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
            out.append(odd ? '?' : c);
        }
        return text.length() > MAX_CHARS ? out.append("...").toString() : out.toString();
    }
}
