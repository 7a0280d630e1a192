package org.bittern.metainfo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

/**
 * Reads the file tree of a v2 or hybrid info dictionary (BEP 52): a dictionary is a directory, and
 * one with an entry whose key is empty is a file with that entry as its properties. Files come in
 * the order of the tree, keys ascending. One thread, once.
 */
final class V2Files {
    private static final String PROPERTIES = "";

    private final List<RawFile> files = new ArrayList<>();
    private final List<BString> path = new ArrayList<>();
    private long total;
    private int elements;

    /** A directory on the way, and the next of its entries. */
    private static final class Directory {
        final BDict entries;
        final List<BString> names;
        int next;

        Directory(BDict entries) {
            this.entries = entries;
            this.names = entries.keys();
        }
    }

    private V2Files() {}

    static List<RawFile> read(BDict info) throws MetainfoException {
        BDict tree =
                info.dict("file tree")
                        .orElseThrow(() ->
                                new MetainfoException(
                                        "\"file tree\" is missing or not a dictionary"));
        V2Files files = new V2Files();
        files.walk(tree);
        if (files.files.isEmpty()) {
            throw new MetainfoException("\"file tree\" holds no file");
        }
        return files.files;
    }

    private void walk(BDict tree) throws MetainfoException {
        Deque<Directory> open = new ArrayDeque<>();
        open.push(directory(tree));
        while (!open.isEmpty()) {
            Directory directory = open.peek();
            if (directory.next == directory.names.size()) {
                open.pop();
                if (!path.isEmpty()) {
                    path.removeLast();
                }
                continue;
            }
            BString name = directory.names.get(directory.next++);
            path.add(name);
            BDict entry = node(directory.entries.get(name).orElseThrow());
            if (entry.has(PROPERTIES)) {
                file(entry);
                path.removeLast();
            } else {
                open.push(directory(entry));
            }
        }
    }

    private Directory directory(BDict entries) throws MetainfoException {
        if (path.size() >= MetainfoLimits.MAX_PATH_DEPTH) {
            throw new MetainfoException("file tree deeper than " + MetainfoLimits.MAX_PATH_DEPTH);
        }
        if (entries.has(PROPERTIES)) {
            throw new MetainfoException("file tree has an empty file name");
        }
        return new Directory(entries);
    }

    private BDict node(BValue value) throws MetainfoException {
        if (!(value instanceof BDict dict)) {
            throw new MetainfoException(
                    "file tree entry " + here() + " is a " + value.kind() + ", not a dictionary");
        }
        return dict;
    }

    private void file(BDict entry) throws MetainfoException {
        BDict properties =
                entry.dict(PROPERTIES)
                        .orElseThrow(() ->
                                new MetainfoException(
                                        "file tree: properties of "
                                                + here()
                                                + " are not a dictionary"));
        if (entry.size() > 1) {
            throw new MetainfoException("file tree entry " + here() + " is a file and a directory");
        }
        String attributes = RawFile.attributes(properties);
        List<BString> symlink = RawFile.symlink(properties, attributes);
        elements += path.size() + 1 + symlink.size();
        if (files.size() == MetainfoLimits.MAX_FILES
                || elements > MetainfoLimits.MAX_PATH_ELEMENTS) {
            throw new MetainfoException(
                    "more than %d files, or more than %d path elements"
                            .formatted(MetainfoLimits.MAX_FILES, MetainfoLimits.MAX_PATH_ELEMENTS));
        }
        if (attributes.indexOf('p') >= 0) {
            throw new MetainfoException(
                    "file tree holds padding " + here() + "; it has its place in v1 only");
        }
        long length = length(properties, !symlink.isEmpty());
        Optional<BString> root = length == 0 ? Optional.empty() : Optional.of(root(properties));
        files.add(new RawFile(List.copyOf(path), length, attributes, symlink, root));
    }

    private long length(BDict properties, boolean symlink) throws MetainfoException {
        OptionalLong stated = properties.integer("length");
        if (symlink && stated.orElse(0) >= 0) {
            return 0;
        }
        long length =
                stated.orElseThrow(() ->
                        new MetainfoException(
                                "file tree: " + here() + " has no \"length\" integer"));
        if (length < 0 || length > MetainfoLimits.MAX_TOTAL_LENGTH - total) {
            throw new MetainfoException(
                    "file tree: %s has %d bytes; 0 to %d in all are allowed"
                            .formatted(here(), length, MetainfoLimits.MAX_TOTAL_LENGTH));
        }
        total += length;
        return length;
    }

    private BString root(BDict properties) throws MetainfoException {
        BString root =
                properties
                        .string("pieces root")
                        .orElseThrow(() ->
                                new MetainfoException(
                                        "file tree: " + here() + " has no \"pieces root\""));
        if (root.length() != MerkleTree.HASH) {
            throw new MetainfoException(
                    "file tree: root of %s has %d bytes, 32 are expected"
                            .formatted(here(), root.length()));
        }
        if (root.equals(new BString(new byte[MerkleTree.HASH]))) {
            throw new MetainfoException("file tree: root of " + here() + " is all zeros");
        }
        return root;
    }

    private String here() {
        return path.getLast().toString();
    }
}
