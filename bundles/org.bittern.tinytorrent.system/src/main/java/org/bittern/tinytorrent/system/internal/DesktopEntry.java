package org.bittern.tinytorrent.system.internal;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A file that tells a desktop what opens a kind of link or file. There are two, because links are
 * given to a program as they are and files by their path.
 *
 * @param file its name
 * @param mimeType what it opens
 * @param field stands for link or file in the command: %u a URL, %f a path
 * @see <a href="https://specifications.freedesktop.org/desktop-entry-spec/latest/">Desktop Entry
 *     Specification</a>
 */
record DesktopEntry(String file, String mimeType, String field) {
    static final List<DesktopEntry> ALL =
            List.of(
                    new DesktopEntry("org.bittern.magnet.desktop", "x-scheme-handler/magnet", "%u"),
                    new DesktopEntry(
                            "org.bittern.torrent.desktop", "application/x-bittorrent", "%f"));

    /**
     * The whole file.
     *
     * @param command program and arguments, without control characters
     */
    String text(List<String> command) {
        String words = command.stream().map(DesktopEntry::quoted).collect(Collectors.joining(" "));
        return """
        [Desktop Entry]
        Type=Application
        Name=Bittern
        Comment=Adds torrents to the running daemon
        NoDisplay=true
        Terminal=false
        MimeType=%s;
        Exec=%s %s
        """
                .formatted(mimeType, words, field);
    }

    /**
     * An argument between quotation marks. Backslashes are doubled twice: once for the argument,
     * once for the text of the file.
     */
    private static String quoted(String word) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            switch (c) {
                case '"', '`', '$' -> text.append("\\\\").append(c);
                case '\\' -> text.append("\\\\\\\\");
                case '%' -> text.append("%%");
                default -> text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
