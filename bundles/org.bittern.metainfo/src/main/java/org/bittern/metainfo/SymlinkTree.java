package org.bittern.metainfo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;

/**
 * Where the symbolic links of a torrent lead (BEP 47). A target is looked up element by element
 * among the torrent's own files and directories, as the torrent spells them, through other links
 * where they stand in the way. So it cannot lead out, and its safe path is that of something the
 * torrent has. One thread, once.
 */
final class SymlinkTree {
    /**
     * Links on the way to one target; more than any honest torrent has, few enough to end a circle
     * quickly.
     */
    private static final int MAX_HOPS = 16;

    private static final int NO_LINK = -1;

    private final List<RawFile> files;
    private final Node root;

    /** A file or directory. */
    private static final class Node {
        final String safe;
        final Map<BString, Node> children = new HashMap<>();
        int link = NO_LINK; // number of the file if it is a link

        Node(String safe) {
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
        root = new Node(safe.getFirst().getFirst());
        for (int i = 0; i < files.size(); i++) {
            if (!files.get(i).pad()) {
                add(i, safe.get(i));
            }
        }
    }

    private void add(int index, List<String> safe) {
        RawFile file = files.get(index);
        Node node = root;
        int depth = 1;
        for (int i = 0; i < file.path().size(); i++) {
            BString element = file.path().get(i);
            boolean last = i == file.path().size() - 1;
            boolean leftOut = !last && isNothing(element);
            if (!leftOut) {
                String name = last ? safe.getLast() : safe.get(Math.min(depth, safe.size() - 1));
                node = node.children.computeIfAbsent(element, _ -> new Node(name));
                depth++;
            }
        }
        if (file.isSymlink()) {
            node.link = index;
        }
    }

    /** As {@link PathSanitizer#path} sees it. */
    private static boolean isNothing(BString element) {
        return element.length() == 0 || element.is(".");
    }

    /**
     * The safe path of the target of file {@code index}; empty if it leads nowhere, or to the link
     * itself.
     */
    List<String> target(int index) {
        Deque<Step> steps = new ArrayDeque<>();
        files.get(index).symlink().forEach(element -> steps.add(new Step(element, true)));
        List<String> path = new ArrayList<>(List.of(root.safe));
        Node node = root;
        int hops = 0;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            if (isNothing(step.element())) {
                continue;
            }
            Node child = node.children.get(step.element());
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
                List<BString> through = files.get(child.link).symlink();
                through.reversed().forEach(element -> steps.push(new Step(element, false)));
                node = root;
            }
        }
        return path.size() == 1 ? List.of() : path;
    }
}
