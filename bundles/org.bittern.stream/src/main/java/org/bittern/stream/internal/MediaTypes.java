package org.bittern.stream.internal;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Content types by the ending of a name, and which of them a browser must not run. */
final class MediaTypes {
    /** For all endings that are not known. */
    static final String UNKNOWN = "application/octet-stream";

    private static final Map<String, String> BY_ENDING =
            Map.ofEntries(
                    Map.entry("mp4", "video/mp4"),
                    Map.entry("m4v", "video/mp4"),
                    Map.entry("mkv", "video/x-matroska"),
                    Map.entry("webm", "video/webm"),
                    Map.entry("avi", "video/x-msvideo"),
                    Map.entry("mov", "video/quicktime"),
                    Map.entry("mpg", "video/mpeg"),
                    Map.entry("mpeg", "video/mpeg"),
                    Map.entry("ts", "video/mp2t"),
                    Map.entry("m2ts", "video/mp2t"),
                    Map.entry("ogv", "video/ogg"),
                    Map.entry("wmv", "video/x-ms-wmv"),
                    Map.entry("flv", "video/x-flv"),
                    Map.entry("3gp", "video/3gpp"),
                    Map.entry("mp3", "audio/mpeg"),
                    Map.entry("m4a", "audio/mp4"),
                    Map.entry("m4b", "audio/mp4"),
                    Map.entry("aac", "audio/aac"),
                    Map.entry("ac3", "audio/ac3"),
                    Map.entry("flac", "audio/flac"),
                    Map.entry("ogg", "audio/ogg"),
                    Map.entry("oga", "audio/ogg"),
                    Map.entry("opus", "audio/ogg"),
                    Map.entry("wav", "audio/wav"),
                    Map.entry("mka", "audio/x-matroska"),
                    Map.entry("wma", "audio/x-ms-wma"),
                    Map.entry("srt", "application/x-subrip; charset=utf-8"),
                    Map.entry("vtt", "text/vtt; charset=utf-8"),
                    Map.entry("ass", "text/x-ssa; charset=utf-8"),
                    Map.entry("ssa", "text/x-ssa; charset=utf-8"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("jpeg", "image/jpeg"),
                    Map.entry("png", "image/png"),
                    Map.entry("gif", "image/gif"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("avif", "image/avif"),
                    Map.entry("bmp", "image/bmp"),
                    Map.entry("txt", "text/plain; charset=utf-8"),
                    Map.entry("nfo", "text/plain; charset=utf-8"),
                    Map.entry("zip", "application/zip"),
                    Map.entry("pdf", "application/pdf"),
                    Map.entry("html", "text/html"),
                    Map.entry("htm", "text/html"),
                    Map.entry("xhtml", "application/xhtml+xml"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("xml", "application/xml"),
                    Map.entry("js", "text/javascript"),
                    Map.entry("mjs", "text/javascript"),
                    Map.entry("css", "text/css"),
                    Map.entry("json", "application/json"));

    /** What a browser shows or plays, and never runs; without parameters. */
    private static final Set<String> PASSIVE =
            Set.of(
                    "image/jpeg",
                    "image/png",
                    "image/gif",
                    "image/webp",
                    "image/avif",
                    "image/bmp",
                    "text/plain",
                    "text/vtt",
                    "text/x-ssa",
                    "application/x-subrip");

    private static final Set<String> SUBTITLES = Set.of("srt", "vtt", "ass", "ssa", "sub", "idx");

    private MediaTypes() {}

    /** The part of a name behind its last dot, in lower case; empty without one. */
    static String ending(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        int dot = last.lastIndexOf('.');
        return dot < 1 ? "" : last.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    static String of(String name) {
        return BY_ENDING.getOrDefault(ending(name), UNKNOWN);
    }

    /**
     * Whether a browser may show it in a page's place. All else is downloaded, and sandboxed, so
     * that nothing of a torrent can act on this origin.
     */
    static boolean passive(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return type.startsWith("video/") || type.startsWith("audio/") || PASSIVE.contains(type);
    }

    static boolean video(String name) {
        return of(name).startsWith("video/");
    }

    static boolean audio(String name) {
        return of(name).startsWith("audio/");
    }

    static boolean subtitles(String name) {
        return SUBTITLES.contains(ending(name));
    }
}
