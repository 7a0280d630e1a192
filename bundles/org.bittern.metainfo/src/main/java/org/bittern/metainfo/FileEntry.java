package org.bittern.metainfo;

import java.util.List;
import java.util.Optional;

/**
 * One file of a torrent.
 *
 * @param index its number, from 0, padding files counted
 * @param path elements from the download directory on, the torrent's name first; safe as file names
 *     on any system, unique in the torrent also where case does not count (padding files are
 *     exempt: they are never stored)
 * @param rawPath the same as the torrent has it, neither safe nor unique; URLs of web seeds need it
 * @param offset where it starts in the address space of the pieces, in bytes
 * @param length bytes, 0 or more; 0 for a symbolic link
 * @param attributes what BEP 47 says of it
 * @param piecesRoot the root of its hash tree (BEP 52), 32 bytes, shared, not to be changed; empty
 *     in v1 torrents and for empty files
 */
public record FileEntry(
        int index,
        List<String> path,
        List<String> rawPath,
        long offset,
        long length,
        FileAttributes attributes,
        Optional<byte[]> piecesRoot) {

    public FileEntry {
        path = List.copyOf(path);
        rawPath = List.copyOf(rawPath);
    }

    /** The last element of the path. */
    public String fileName() {
        return path.getLast();
    }

    /** The path joined with slashes, whatever the system's separator is. */
    public String pathText() {
        return String.join("/", path);
    }

    /** Whether this is padding, which is never stored. */
    public boolean pad() {
        return attributes.pad();
    }

    /**
     * The safe path of the symbolic link's target; empty if this is no link, or one that pointed
     * nowhere in the torrent.
     */
    public Optional<List<String>> symlinkTarget() {
        return attributes.symlinkTarget().isEmpty()
                ? Optional.empty()
                : Optional.of(attributes.symlinkTarget());
    }
}
