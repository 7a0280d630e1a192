package org.bittern.stream.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns SubRip subtitles into WebVTT, the only form that browsers show. */
final class Subtitles {
    /** Larger files are no subtitles. */
    static final int MOST_BYTES = 4 << 20;

    /** The media type of what they become. */
    static final String VTT = "text/vtt; charset=utf-8";

    private static final Charset WESTERN = Charset.forName("windows-1252");
    private static final Pattern TIMES =
            Pattern.compile(
                    "^\\s*(\\d{1,3}):(\\d{2}):(\\d{2})[,.](\\d{1,3})\\s*-->\\s*"
                            + "(\\d{1,3}):(\\d{2}):(\\d{2})[,.](\\d{1,3})(.*)$");

    /** Tags that both know stay; colours and fonts go. */
    private static final Pattern FOREIGN_TAG =
            Pattern.compile("(?i)</?(?!/?[biu]>)[a-z][^<>]*>|\\{\\\\[^}]*}");

    private Subtitles() {}

    static String toVtt(byte[] subRip) {
        StringBuilder vtt = new StringBuilder("WEBVTT\n\n");
        for (String line : decode(subRip).split("\\R", -1)) {
            Matcher times = TIMES.matcher(line);
            if (times.matches()) {
                vtt.append(time(times, 1)).append(" --> ").append(time(times, 5)).append('\n');
            } else {
                // An arrow in the text would look like times.
                String text = FOREIGN_TAG.matcher(line).replaceAll("").replace("-->", "->");
                vtt.append(text).append('\n');
            }
        }
        return vtt.toString();
    }

    private static String time(Matcher times, int group) {
        String fraction = (times.group(group + 3) + "00").substring(0, 3);
        String hours = times.group(group);
        return (hours.length() == 1 ? "0" + hours : hours)
                + ":"
                + times.group(group + 1)
                + ":"
                + times.group(group + 2)
                + "."
                + fraction;
    }

    /** By its mark, else UTF-8, else as old files of the west are. */
    private static String decode(byte[] bytes) {
        if (bytes.length >= 2 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        }
        if (bytes.length >= 2 && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(bytes, WESTERN);
        }
    }
}
