package org.bittern.tinytorrent.internal;

import java.util.Locale;

/** The kind of system, in the words that clients know from Node.js. */
final class Platform {
    private Platform() {}

    /**
     * Names a system.
     *
     * @param osName the system property {@code os.name}
     * @return {@code win32}, {@code darwin}, {@code linux}, or the name in lower case without
     *     spaces
     */
    static String named(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return "win32";
        }
        return name.startsWith("mac") ? "darwin" : name.replace(" ", "");
    }
}
