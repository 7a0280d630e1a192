package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.bencode.BString;

/**
 * Gives each file of a torrent a safe path of its own. Directories keep their names; a file whose
 * name is taken, also by a directory and, where case does not count, also in another case, gets a
 * number before its extension. One thread, once.
 */
final class FileNames {
    /** Links beyond this number become empty files: following them costs time. */
    private static final int MAX_SYMLINKS = 10_000;

    private final String name;
    private final String rawName;
    private final Texts texts;
    private final NameTree taken;
    private final NameRules rules;
    private final Map<BString, Element> directories = new HashMap<>();

    /** A name as stated, and made safe; the same object if it is safe. */
    private record Element(String raw, String safe) {
        /** Whether it means nothing, as {@link PathSanitizer#path} sees it. */
        boolean isNothing() {
            return raw.isEmpty() || raw.equals(".");
        }
    }

    FileNames(BString rawName, Texts texts, InfoHash hash, NameRules rules) {
        this.texts = texts;
        this.rules = rules;
        taken = new NameTree(rules);
        this.rawName = texts.of(rawName);
        name = isNoName(this.rawName) ? hash.hex() : PathSanitizer.element(this.rawName, rules);
    }

    /** Dots, blanks and separators alone name nothing. */
    private static boolean isNoName(String raw) {
        return raw.chars().allMatch(c -> c == '.' || c == '/' || c == '\\' || c <= ' ');
    }

    InfoDict.Layout layout(List<RawFile> files, boolean single, PieceMap pieces)
            throws MetainfoException {
        List<List<String>> raw = new ArrayList<>(files.size());
        List<List<String>> safe = new ArrayList<>(files.size());
        for (RawFile file : files) {
            if (single) {
                raw.add(List.of(rawName));
                safe.add(List.of(name));
            } else {
                addPaths(file, raw, safe);
            }
        }
        separate(files, safe);
        List<List<String>> links = links(files, safe);
        List<FileEntry> entries = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            RawFile file = files.get(i);
            entries.add(
                    new FileEntry(
                            i,
                            safe.get(i),
                            raw.get(i),
                            pieces.fileOffset(i),
                            file.length(),
                            attributes(file, links.get(i)),
                            file.root().map(BString::bytes)));
        }
        return new InfoDict.Layout(name, rawName, List.copyOf(entries), single, pieces);
    }

    private static FileAttributes attributes(RawFile file, List<String> link) {
        FileAttributes attributes =
                new FileAttributes(file.pad(), file.has('x'), file.has('h'), link);
        return attributes.equals(FileAttributes.PLAIN) ? FileAttributes.PLAIN : attributes;
    }

    /**
     * Names of directories, and paths that are safe as they are, are kept once: there may be many.
     */
    private void addPaths(RawFile file, List<List<String>> raws, List<List<String>> safes) {
        List<String> raw = new ArrayList<>(file.path().size() + 1);
        List<String> safe = new ArrayList<>(file.path().size() + 1);
        raw.add(rawName);
        safe.add(name);
        int last = file.path().size() - 1;
        for (int i = 0; i <= last; i++) {
            BString stated = file.path().get(i);
            Element element =
                    i == last
                            ? element(stated)
                            : directories.computeIfAbsent(stated, this::element);
            raw.add(element.raw());
            if (!element.isNothing()) {
                safe.add(element.safe());
            }
        }
        if (safe.size() == 1) {
            safe.add(PathSanitizer.element(""));
        }
        raws.add(List.copyOf(raw));
        safes.add(safe.equals(raw) ? raws.getLast() : List.copyOf(safe));
    }

    private Element element(BString stated) {
        String raw = texts.of(stated);
        String safe = PathSanitizer.element(raw, rules);
        return new Element(raw, safe.equals(raw) ? raw : safe);
    }

    private void separate(List<RawFile> files, List<List<String>> safe) throws MetainfoException {
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).pad()) {
                taken.addDirectories(safe.get(i));
            }
        }
        for (int i = 0; i < files.size(); i++) {
            List<String> path = safe.get(i);
            String free = files.get(i).pad() ? path.getLast() : taken.addFile(path);
            if (!free.equals(path.getLast())) {
                List<String> renamed = new ArrayList<>(path);
                renamed.set(path.size() - 1, free);
                safe.set(i, List.copyOf(renamed));
            }
        }
    }

    private List<List<String>> links(List<RawFile> files, List<List<String>> safe) {
        Optional<SymlinkTree> tree =
                files.stream().anyMatch(RawFile::isSymlink)
                        ? Optional.of(new SymlinkTree(files, safe))
                        : Optional.empty();
        List<List<String>> links = new ArrayList<>(files.size());
        int followed = 0;
        for (int i = 0; i < files.size(); i++) {
            boolean follow =
                    files.get(i).isSymlink() && tree.isPresent() && followed++ < MAX_SYMLINKS;
            links.add(follow ? tree.get().target(i) : List.of());
        }
        return links;
    }
}
