package org.bittern.metainfo;

import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;

/**
 * A file as a torrent states it, before names are made safe.
 *
 * @param path elements without the torrent's name; for a single file its name
 * @param attributes letters of BEP 47
 * @param symlink path of the target in the torrent; empty if this is no link
 * @param root of its hash tree; empty for v1
 */
record RawFile(
        List<BString> path,
        long length,
        String attributes,
        List<BString> symlink,
        Optional<BString> root) {

    boolean pad() {
        return attributes.indexOf('p') >= 0;
    }

    boolean has(char attribute) {
        return attributes.indexOf(attribute) >= 0;
    }

    boolean isSymlink() {
        return !symlink.isEmpty();
    }

    static String attributes(BDict file) {
        return file.text("attr").orElse("");
    }

    /** The target if the file is a link: it has the attribute and a path (BEP 47). */
    static List<BString> symlink(BDict file, String attributes) {
        if (attributes.indexOf('l') < 0) {
            return List.of();
        }
        return file.list("symlink path")
                .map(list ->
                        list.values().stream()
                                .filter(BString.class::isInstance)
                                .map(BString.class::cast)
                                .toList())
                .orElse(List.of());
    }
}
