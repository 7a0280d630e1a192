package org.bittern.demo.internal;

import java.io.PrintStream;
import java.util.Locale;
import org.bittern.demo.SwapCost;

/** The outcome, line by line as it comes about. */
final class Table {
    private static final String LINE = "%-14s %-13s %8s %14s %13s%n";
    private static final int BYTES_PER_KIB = 1024;

    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void head() {
        out.printf(Locale.ROOT, LINE, "part", "how", "gap ms", "peers dropped", "twice KiB");
        out.flush();
    }

    void row(String part, String how, SwapCost cost) {
        out.printf(
                Locale.ROOT,
                LINE,
                part,
                how,
                cost.longestGap().toMillis(),
                cost.droppedPeers(),
                Math.max(0, cost.fetchedTwiceBytes()) / BYTES_PER_KIB);
        out.flush();
    }

    void last(boolean same, long bytes) {
        out.printf(
                Locale.ROOT,
                "%s: %d bytes compared%n",
                same ? "the download equals the original" : "THE DOWNLOAD DIFFERS",
                bytes);
        out.flush();
    }
}
