package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

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

    /**
     * The target if the file is a link: it has the attribute and a path (BEP 47). Without a path it
     * is a file like any other.
     *
     * @throws MetainfoException if it has more than {@link MetainfoLimits#MAX_PATH_DEPTH} elements,
     *     or they are no strings
     */
    static List<BString> symlink(BDict file, String attributes) throws MetainfoException {
        Optional<BValue> target = file.get("symlink path");
        if (attributes.indexOf('l') < 0 || target.isEmpty()) {
            return List.of();
        }
        List<BString> elements = strings(target.get(), "\"symlink path\"");
        if (elements.size() > MetainfoLimits.MAX_PATH_DEPTH) {
            throw new MetainfoException(
                    "\"symlink path\" of %d elements; at most %d are allowed"
                            .formatted(elements.size(), MetainfoLimits.MAX_PATH_DEPTH));
        }
        return elements;
    }

    /** The elements of a path, which must be strings. */
    static List<BString> strings(BValue value, String what) throws MetainfoException {
        if (!(value instanceof BList list)) {
            throw new MetainfoException(what + " is a " + value.kind() + ", not a list");
        }
        List<BString> strings = new ArrayList<>(list.size());
        for (BValue element : list) {
            if (!(element instanceof BString string)) {
                throw new MetainfoException(
                        what + " holds a " + element.kind() + "; strings are allowed");
            }
            strings.add(string);
        }
        return strings;
    }
}
