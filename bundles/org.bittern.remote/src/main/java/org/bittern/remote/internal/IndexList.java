package org.bittern.remote.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.terminal.CommandFailure;

/** Files of a torrent by their numbers: {@code 0,3-5} or {@code all}. */
final class IndexList {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    private IndexList() {}

    /**
     * Reads it.
     *
     * @param count of the torrent's files; no number may be as large
     * @return in order, each once
     */
    static List<Integer> parse(String text, int count) {
        SortedSet<Integer> indices = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            if (part.equals("all")) {
                for (int i = 0; i < count; i++) {
                    indices.add(i);
                }
                continue;
            }
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                throw new CommandFailure(
                        "'" + part + "' is no number of a file, no range, not all");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (first > last || last >= count) {
                throw new CommandFailure("no file %s: they are 0 to %d".formatted(part, count - 1));
            }
            for (int i = first; i <= last; i++) {
                indices.add(i);
            }
        }
        return new ArrayList<>(indices);
    }
}
