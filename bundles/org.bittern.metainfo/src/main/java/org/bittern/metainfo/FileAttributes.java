package org.bittern.metainfo;

import java.util.List;

/**
 * What BEP 47 says of a file beside its length.
 *
 * @param pad zeros that are never stored: it only moves the next file to the begin of a piece
 * @param executable shall be executable
 * @param hidden shall be hidden where the system knows that
 * @param symlinkTarget empty: no link; else the target's path from the download directory (the
 *     torrent's name first), safe, and the path of a file or directory of the same torrent
 */
public record FileAttributes(
        boolean pad, boolean executable, boolean hidden, List<String> symlinkTarget) {
    /** A file like any other. */
    public static final FileAttributes PLAIN = new FileAttributes(false, false, false, List.of());

    public FileAttributes {
        symlinkTarget = List.copyOf(symlinkTarget);
    }
}
