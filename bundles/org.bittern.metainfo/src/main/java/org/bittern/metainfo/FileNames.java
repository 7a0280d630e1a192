package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.bencode.BString;
import org.jspecify.annotations.Nullable;

/**
 * Gives each file of a torrent a safe path of its own. Paths are kept as a tree and not as joined
 * strings, so that the memory is bounded by the input. Directories keep their names; a file whose
 * name is taken, also by a directory and also in another case, gets a number before its extension.
 * One thread, once.
 */
final class FileNames {
    /** Links beyond this number become empty files: following them costs time. */
    private static final int MAX_SYMLINKS = 10_000;

    private final String name;
    private final String rawName;
    private final Texts texts;
    private final Node root = new Node();

    /** A name in the tree of safe paths. */
    private static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private @Nullable Map<String, Integer> numbers; // next number for a name that is taken

        int nextNumber(String folded) {
            if (numbers == null) {
                numbers = new HashMap<>();
            }
            return numbers.merge(folded, 1, Integer::sum);
        }
    }

    FileNames(BString rawName, Texts texts, InfoHash hash) {
        this.texts = texts;
        this.rawName = texts.of(rawName);
        name = isNoName(this.rawName) ? hash.hex() : PathSanitizer.element(this.rawName);
    }

    /** Dots, blanks and separators alone name nothing. */
    private static boolean isNoName(String raw) {
        return raw.chars().allMatch(c -> c == '.' || c == '/' || c == '\\' || c <= ' ');
    }

    InfoDict.Layout layout(List<RawFile> files, boolean single, PieceMap pieces) {
        List<List<String>> safe = new ArrayList<>(files.size());
        for (RawFile file : files) {
            safe.add(single ? List.of(name) : safePath(file));
        }
        if (!single) {
            separate(files, safe);
        }
        List<List<String>> links = links(files, safe);
        List<FileEntry> entries = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            RawFile file = files.get(i);
            entries.add(
                    new FileEntry(
                            i,
                            safe.get(i),
                            single ? List.of(rawName) : rawPath(file),
                            pieces.fileOffset(i),
                            file.length(),
                            new FileAttributes(
                                    file.pad(), file.has('x'), file.has('h'), links.get(i)),
                            file.root().map(BString::bytes)));
        }
        return new InfoDict.Layout(name, rawName, List.copyOf(entries), single, pieces);
    }

    private List<String> rawPath(RawFile file) {
        List<String> path = new ArrayList<>(file.path().size() + 1);
        path.add(rawName);
        for (BString element : file.path()) {
            path.add(texts.of(element));
        }
        return path;
    }

    private List<String> safePath(RawFile file) {
        List<String> path = new ArrayList<>(file.path().size() + 1);
        path.add(name);
        path.addAll(PathSanitizer.path(file.path().stream().map(texts::of).toList()));
        return path;
    }

    private void separate(List<RawFile> files, List<List<String>> safe) {
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).pad()) {
                directory(safe.get(i));
            }
        }
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).pad()) {
                List<String> path = safe.get(i);
                path.set(path.size() - 1, unique(directory(path), path.getLast()));
            }
        }
    }

    private Node directory(List<String> path) {
        Node node = root;
        for (String element : path.subList(0, path.size() - 1)) {
            node = node.children.computeIfAbsent(PathSanitizer.folded(element), _ -> new Node());
        }
        return node;
    }

    private static String unique(Node directory, String wanted) {
        String folded = PathSanitizer.folded(wanted);
        String free = wanted;
        while (directory.children.putIfAbsent(PathSanitizer.folded(free), new Node()) != null) {
            free = PathSanitizer.numbered(wanted, directory.nextNumber(folded));
        }
        return free;
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
