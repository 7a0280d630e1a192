package org.bittern.metainfo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that are taken in a torrent, as the file systems of a kind of machine see them. A tree
 * and not a set of joined paths, so that its size is bounded by the number of names. One thread.
 */
final class NameTree {
    private static final Node FILE = new Node();

    /**
     * No number that a name gets is longer, but in torrents with a hundred thousand of one name.
     */
    private static final int LONG_NUMBER = 99_999;

    private final NameRules rules;
    private final Node root = new Node();
    private int directories;

    NameTree(NameRules rules) {
        this.rules = rules;
    }

    private String folded(String name) {
        return PathSanitizer.folded(name, rules);
    }

    /** A directory. */
    private static final class Node {
        private @Nullable Map<String, Node> children; // null: none yet
        private @Nullable Map<String, Integer> numbers; // next number for names that are taken

        Map<String, Node> children() {
            if (children == null) {
                children = HashMap.newHashMap(2);
            }
            return children;
        }

        int nextNumber(String series) {
            if (numbers == null) {
                numbers = new HashMap<>();
            }
            return numbers.merge(series, 1, Integer::sum);
        }
    }

    /**
     * Takes in the directories of a file's path; all must be in before the first file.
     *
     * @throws MetainfoException if there are more than {@link MetainfoLimits#MAX_DIRECTORIES}
     */
    void addDirectories(List<String> path) throws MetainfoException {
        Node node = root;
        for (String element : path.subList(0, path.size() - 1)) {
            String folded = folded(element);
            Node child = node.children().get(folded);
            if (child == null) {
                if (++directories > MetainfoLimits.MAX_DIRECTORIES) {
                    throw new MetainfoException(
                            "more than %d directories".formatted(MetainfoLimits.MAX_DIRECTORIES));
                }
                child = new Node();
                node.children().put(folded, child);
            }
            node = child;
        }
    }

    /**
     * Takes in a file, and gives the name that it must have: its own, or if that is taken one with
     * a number.
     */
    String addFile(List<String> path) {
        Node directory = root;
        for (String element : path.subList(0, path.size() - 1)) {
            directory = directory.children().getOrDefault(folded(element), root);
        }
        String wanted = path.getLast();
        if (directory.children().putIfAbsent(folded(wanted), FILE) == null) {
            return wanted;
        }
        // counted by what a number leaves of a long name: many may be cut to the same
        String series = folded(PathSanitizer.numbered(wanted, LONG_NUMBER));
        String free;
        do {
            free = PathSanitizer.numbered(wanted, directory.nextNumber(series));
        } while (directory.children().putIfAbsent(folded(free), FILE) != null);
        return free;
    }
}
