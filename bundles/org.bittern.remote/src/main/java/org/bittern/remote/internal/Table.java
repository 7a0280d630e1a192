package org.bittern.remote.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of equal length whose columns stand below each other. Numbers stand on the right of their
 * column; the last column is never filled up. Used by one thread.
 */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;

    /**
     * A table with a head.
     *
     * @param head titles; one that begins with {@code >} stands on the right, with its column
     */
    Table(String... head) {
        right = new boolean[head.length];
        String[] titles = new String[head.length];
        for (int i = 0; i < head.length; i++) {
            right[i] = head[i].startsWith(">");
            titles[i] = right[i] ? head[i].substring(1) : head[i];
        }
        rows.add(titles);
    }

    /** Adds a row, one text for each column. */
    void add(String... row) {
        if (row.length != right.length) {
            throw new IllegalArgumentException(
                    row.length + " cells, the table has " + right.length);
        }
        rows.add(Arrays.copyOf(row, row.length));
    }

    /** The lines, the head first. */
    List<String> lines() {
        int[] widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            if (i > 0) {
                line.append(GAP);
            }
            String space = " ".repeat(widths[i] - width(row[i]));
            boolean last = i == row.length - 1;
            line.append(right[i] ? space : "").append(row[i]);
            line.append(right[i] || last ? "" : space);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
