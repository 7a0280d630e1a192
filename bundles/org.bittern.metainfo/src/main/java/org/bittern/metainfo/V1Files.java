package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;

/** Reads the file list of a v1 or hybrid info dictionary (BEP 3, 47). One thread, once. */
final class V1Files {
    private long total;
    private int elements;

    private V1Files() {}

    /** Whether the dictionary describes one file: {@code length} in place of {@code files}. */
    static boolean isSingle(BDict info) {
        return !info.has("files");
    }

    static List<RawFile> read(BDict info, BString name) throws MetainfoException {
        V1Files files = new V1Files();
        if (isSingle(info)) {
            return List.of(files.single(info, name));
        }
        BList list =
                info.list("files")
                        .orElseThrow(() -> new MetainfoException("\"files\" is not a list"));
        return files.all(list);
    }

    private RawFile single(BDict info, BString name) throws MetainfoException {
        return new RawFile(
                List.of(name),
                length(info, false),
                RawFile.attributes(info).replace("p", ""), // nothing comes after it
                List.of(),
                Optional.empty());
    }

    private List<RawFile> all(BList list) throws MetainfoException {
        if (list.isEmpty() || list.size() > MetainfoLimits.MAX_FILES) {
            throw new MetainfoException(
                    "%d files; 1 to %d are allowed"
                            .formatted(list.size(), MetainfoLimits.MAX_FILES));
        }
        List<RawFile> files = new ArrayList<>(list.size());
        for (BValue entry : list) {
            if (!(entry instanceof BDict file)) {
                throw new MetainfoException(
                        "file " + files.size() + " is a " + entry.kind() + ", not a dictionary");
            }
            files.add(file(file, files.size()));
        }
        return files;
    }

    private RawFile file(BDict file, int index) throws MetainfoException {
        try {
            String attributes = RawFile.attributes(file);
            List<BString> symlink = RawFile.symlink(file, attributes);
            elements += symlink.size();
            long length = length(file, !symlink.isEmpty());
            return new RawFile(
                    path(file, attributes, length), length, attributes, symlink, Optional.empty());
        } catch (MetainfoException e) {
            throw new MetainfoException("file " + index + ": " + e.getMessage(), e);
        }
    }

    private long length(BDict file, boolean symlink) throws MetainfoException {
        OptionalLong stated = file.integer("length");
        if (symlink && stated.orElse(0) >= 0) {
            return 0; // a link has no bytes, whatever length is stated (libtorrent reads it so too)
        }
        long length =
                stated.orElseThrow(() ->
                        new MetainfoException(
                                file.get("length")
                                        .map(value ->
                                                "\"length\" is a "
                                                        + value.kind()
                                                        + ", not an integer")
                                        .orElse("no \"length\" integer")));
        if (length < 0 || length > MetainfoLimits.MAX_TOTAL_LENGTH - total) {
            throw new MetainfoException(
                    "length of %d bytes; 0 to %d in all are allowed"
                            .formatted(length, MetainfoLimits.MAX_TOTAL_LENGTH));
        }
        total += length;
        return length;
    }

    private List<BString> path(BDict file, String attributes, long length)
            throws MetainfoException {
        Optional<BValue> stated = file.get("path.utf-8").or(() -> file.get("path"));
        if (stated.isEmpty() && attributes.indexOf('p') >= 0) {
            return padPath(length);
        }
        List<BString> path =
                RawFile.strings(
                        stated.orElseThrow(() -> new MetainfoException("no \"path\" list")),
                        "\"path\"");
        elements += path.size();
        if (path.isEmpty()
                || path.size() >= MetainfoLimits.MAX_PATH_DEPTH
                || elements > MetainfoLimits.MAX_PATH_ELEMENTS) {
            throw new MetainfoException(
                    "path of %d elements; 1 to %d, and %d in all, are allowed"
                            .formatted(
                                    path.size(),
                                    MetainfoLimits.MAX_PATH_DEPTH - 1,
                                    MetainfoLimits.MAX_PATH_ELEMENTS));
        }
        if (path.size() > 1 && path.stream().allMatch(element -> element.length() == 0)) {
            throw new MetainfoException("path has only empty elements");
        }
        return path;
    }

    /** What is never stored needs no name; this is the one that most makers of torrents give it. */
    private static List<BString> padPath(long length) {
        return List.of(BString.of(".pad"), BString.of(Long.toString(length)));
    }
}
