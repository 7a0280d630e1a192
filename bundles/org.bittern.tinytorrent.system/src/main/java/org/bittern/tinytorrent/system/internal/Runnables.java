package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Knows programs and scripts, which a double click would run: by the ending of the name, and by how
 * the file begins. Permissions say nothing, as on many file systems every film is executable.
 */
final class Runnables {
    private static final Set<String> ENDINGS =
            Set.of(
                    "app",
                    "appimage",
                    "appref-ms",
                    "bash",
                    "bat",
                    "bin",
                    "cmd",
                    "com",
                    "command",
                    "cpl",
                    "csh",
                    "deb",
                    "desktop",
                    "dll",
                    "dmg",
                    "exe",
                    "flatpakref",
                    "gadget",
                    "hta",
                    "inf",
                    "jar",
                    "jnlp",
                    "js",
                    "jse",
                    "ksh",
                    "lnk",
                    "lua",
                    "msc",
                    "msi",
                    "msp",
                    "mst",
                    "out",
                    "php",
                    "pif",
                    "pkg",
                    "pl",
                    "ps1",
                    "psm1",
                    "py",
                    "pyc",
                    "pyw",
                    "rb",
                    "reg",
                    "rpm",
                    "run",
                    "scf",
                    "scpt",
                    "scr",
                    "sct",
                    "sh",
                    "snap",
                    "terminal",
                    "tool",
                    "url",
                    "vb",
                    "vbe",
                    "vbs",
                    "webloc",
                    "workflow",
                    "ws",
                    "wsc",
                    "wsf",
                    "wsh",
                    "zsh");

    /** Of ELF, of Windows and DOS, of Mach-O in its forms, of scripts. */
    private static final List<byte[]> BEGINNINGS =
            List.of(
                    bytes("7f454c46"),
                    bytes("4d5a"),
                    bytes("feedface"),
                    bytes("feedfacf"),
                    bytes("cefaedfe"),
                    bytes("cffaedfe"),
                    bytes("cafebabe"),
                    bytes("2321"));

    private static final int HEAD = 4;

    private Runnables() {}

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /**
     * Whether a double click would run it. May hang with the file.
     *
     * @param path real path
     */
    static boolean contains(Path path) throws IOException {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        // Windows ignores dots and spaces at the end.
        String plain = name.replaceAll("[. ]+$", "");
        if (ENDINGS.contains(plain.substring(plain.lastIndexOf('.') + 1)) && plain.contains(".")) {
            return true;
        }
        if (!Files.isRegularFile(path)) {
            return false;
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(HEAD);
        }
        return BEGINNINGS.stream().anyMatch(beginning -> beginsWith(head, beginning));
    }

    private static boolean beginsWith(byte[] head, byte[] beginning) {
        if (head.length < beginning.length) {
            return false;
        }
        for (int i = 0; i < beginning.length; i++) {
            if (head[i] != beginning[i]) {
                return false;
            }
        }
        return true;
    }
}
