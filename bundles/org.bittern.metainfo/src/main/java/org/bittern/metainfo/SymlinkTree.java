package org.bittern.metainfo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;
import org.jspecify.annotations.Nullable;

/**
 * Where the symbolic links of a torrent lead (BEP 47). A target is looked up element by element
 * among the torrent's own files and directories, as the torrent spells them, through other links
 * where they stand in the way. So it cannot lead out, and its safe path is that of something the
 * torrent has. Targets start at the torrent's root; those of old torrents, made before that was
 * settled, start at the directory of the link. One thread, once.
 */
final class SymlinkTree {
    /**
     * Links on the way to one target; more than any honest torrent has, few enough to end a circle
     * quickly.
     */
    private static final int MAX_HOPS = 16;

    private static final int NO_LINK = -1;

    private final List<RawFile> files;
    private final Directory root;
    private final Map<Integer, Directory> parents = new HashMap<>(); // of the links

    /** A file or directory; a file has no children. */
    private static final class Directory {
        final @Nullable Directory parent; // null: the root
        final String safe;
        final Map<BString, Directory> children = HashMap.newHashMap(1);
        int link = NO_LINK; // number of the file if it is a link

        Directory(@Nullable Directory parent, String safe) {
            this.parent = parent;
            this.safe = safe;
        }
    }

    /**
     * An element to look up; those that a link put in place of itself are not part of the target's
     * own path.
     */
    private record Step(BString element, boolean own) {}

    /**
     * Takes in all files.
     *
     * @param safe the files' safe paths, the torrent's name first
     */
    SymlinkTree(List<RawFile> files, List<List<String>> safe) {
        this.files = files;
        root = new Directory(null, safe.getFirst().getFirst());
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).pad()) {
                add(i, safe.get(i));
            }
        }
    }

    private void add(int index, List<String> safe) {
        RawFile file = files.get(index);
        Directory parent = root;
        int depth = 1;
        for (BString element : file.path().subList(0, file.path().size() - 1)) {
            if (!isNothing(element)) {
                Directory above = parent;
                String name = safe.get(Math.min(depth++, safe.size() - 1));
                parent = above.children.computeIfAbsent(element, _ -> new Directory(above, name));
            }
        }
        Directory entry = new Directory(parent, safe.getLast());
        Directory first = parent.children.putIfAbsent(file.path().getLast(), entry);
        if (file.isSymlink() && first == null) {
            entry.link = index;
        }
        if (file.isSymlink()) {
            parents.put(index, parent);
        }
    }

    /** As {@link PathSanitizer#path} sees it. */
    private static boolean isNothing(BString element) {
        return element.length() == 0 || element.is(".");
    }

    /**
     * The safe path of the target of file {@code index}, which is a link; empty if it leads
     * nowhere, or to the link itself.
     */
    List<String> target(int index) {
        Deque<Step> steps = new ArrayDeque<>();
        Directory node = follow(index, true, steps);
        List<String> path = pathOf(node);
        int hops = 0;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            if (isNothing(step.element())) {
                continue;
            }
            Directory child = node.children.get(step.element());
            if (child == null || child.link == index) {
                return List.of();
            }
            if (step.own()) {
                path.add(child.safe);
            }
            node = child;
            if (child.link != NO_LINK) {
                if (++hops > MAX_HOPS) {
                    return List.of();
                }
                node = follow(child.link, false, steps);
            }
        }
        return path.size() == 1 ? List.of() : path;
    }

    /**
     * Puts a link's target before the steps that are left, and gives the directory it starts at.
     */
    private Directory follow(int link, boolean own, Deque<Step> steps) {
        List<BString> target = files.get(link).symlink();
        target.reversed().forEach(element -> steps.push(new Step(element, own)));
        return root.children.containsKey(target.getFirst())
                ? root
                : parents.getOrDefault(link, root);
    }

    private static List<String> pathOf(Directory directory) {
        List<String> path = new ArrayList<>();
        for (Directory d = directory; d != null; d = d.parent) {
            path.addFirst(d.safe);
        }
        return path;
    }
}
