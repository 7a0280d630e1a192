package org.bittern.metainfo;

import java.util.Locale;

/** What the file systems of a kind of machine do with names. */
enum NameRules {
    /** Names are bytes; only a separator and NUL mean something. */
    UNIX(false, false),
    /** As UNIX, but names that differ in case or in their Unicode form are one. */
    MAC(true, false),
    /** Case does not count, devices and some characters have a meaning, ends of names are cut. */
    WINDOWS(true, true);

    /** The rules of this machine. */
    static final NameRules HERE = of(System.getProperty("os.name", ""));

    private final boolean folding;
    private final boolean windowsNames;

    NameRules(boolean folding, boolean windowsNames) {
        this.folding = folding;
        this.windowsNames = windowsNames;
    }

    static NameRules of(String system) {
        String lower = system.toLowerCase(Locale.ROOT);
        if (lower.startsWith("windows")) {
            return WINDOWS;
        }
        return lower.startsWith("mac") ? MAC : UNIX;
    }

    /** Whether two names that differ in case only are one. */
    boolean folding() {
        return folding;
    }

    /** Whether some names and characters mean something else than a file. */
    boolean windowsNames() {
        return windowsNames;
    }
}
