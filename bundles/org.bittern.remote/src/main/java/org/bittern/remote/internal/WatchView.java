package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.terminal.Printable;
import org.bittern.terminal.Terminal;

/** Shows what polls tell. Used by one thread. */
interface WatchView extends AutoCloseable {

    /** Shows what there is, and what has just changed. */
    void show(List<TorrentText> all, TorrentBook.Changes changes);

    @Override
    void close();

    /** One JSON object a line for each poll that changed something. */
    record Json(Terminal terminal) implements WatchView {
        @Override
        public void show(List<TorrentText> all, TorrentBook.Changes changes) {
            if (changes.isEmpty()) {
                return;
            }
            ObjectNode line = Rpc.arguments();
            ArrayNode torrents = line.putArray("torrents");
            changes.torrents().forEach(torrent -> torrents.add(torrent.json()));
            ArrayNode removed = line.putArray("removed");
            changes.removed().forEach(removed::add);
            terminal.say(line.toString());
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }

    /** A line for each torrent that came to another state or another percent: for files. */
    final class Lines implements WatchView {
        private final Terminal terminal;
        private final Map<Long, String> said = new HashMap<>();

        Lines(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void show(List<TorrentText> all, TorrentBook.Changes changes) {
            for (TorrentText torrent : changes.torrents()) {
                String news = "%5s  %s".formatted(torrent.done(), torrent.state());
                if (!news.equals(said.put(torrent.id(), news))) {
                    terminal.say(
                            "%d  %s  %s%s"
                                    .formatted(
                                            torrent.id(),
                                            news,
                                            torrent.name(),
                                            torrent.error().isEmpty()
                                                    ? ""
                                                    : "  ! " + torrent.error()));
                }
            }
            for (long id : changes.removed()) {
                said.remove(id);
                terminal.say(id + "  removed");
            }
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }

    /** A picture that is drawn over itself, where a person is watching. */
    final class Screen implements WatchView {
        private static final String ESCAPE = "\u001b[";
        private static final String HIDE = ESCAPE + "?25l" + ESCAPE + "?7l";
        private static final String RESTORE = ESCAPE + "?7h" + ESCAPE + "?25h";
        private static final String REST_OF_LINE = ESCAPE + "K";
        private static final String REST_OF_SCREEN = ESCAPE + "J";
        private static final int BAR_WIDTH = 20;
        private static final int NAME_WIDTH = 40;

        /** Lines that are not torrents: sums, head, how many more there are, the cursor. */
        private static final int OTHER_LINES = 4;

        private final Terminal terminal;
        private final int rows;
        private int drawn; // lines of the last picture
        private boolean begun;

        /**
         * A view.
         *
         * @param rows lines of the terminal, at least 1
         */
        Screen(Terminal terminal, int rows) {
            this.terminal = terminal;
            this.rows = rows;
        }

        @Override
        public void show(List<TorrentText> all, TorrentBook.Changes changes) {
            List<String> lines = picture(all, Math.max(1, rows - OTHER_LINES));
            StringBuilder frame = new StringBuilder();
            frame.append(begun ? "" : HIDE);
            if (drawn > 0) {
                frame.append(ESCAPE).append(drawn).append('A');
            }
            lines.forEach(line -> frame.append(line).append(REST_OF_LINE).append('\n'));
            frame.append(REST_OF_SCREEN);
            terminal.out().print(frame);
            terminal.flush();
            begun = true;
            drawn = lines.size();
        }

        @Override
        public void close() {
            if (begun) {
                terminal.out().print(RESTORE);
                terminal.flush();
            }
        }

        /** Those that move first. */
        static List<String> picture(List<TorrentText> all, int most) {
            List<TorrentText> order = new ArrayList<>(all);
            order.sort(
                    Comparator.comparing((TorrentText torrent) -> !torrent.moves())
                            .thenComparing(TorrentText::isComplete)
                            .thenComparingLong(TorrentText::id));
            Table table =
                    new Table(">ID", "NAME", "", ">DONE", ">SIZE", ">DOWN", ">UP", ">ETA", "STATE");
            order.stream()
                    .limit(most)
                    .forEach(torrent ->
                            table.add(
                                    String.valueOf(torrent.id()),
                                    shortened(torrent.name()),
                                    bar(torrent.share()),
                                    torrent.done(),
                                    torrent.size(),
                                    torrent.down(),
                                    torrent.up(),
                                    torrent.eta(),
                                    torrent.error().isEmpty()
                                            ? torrent.state()
                                            : torrent.state() + ": " + torrent.error()));
            List<String> lines = new ArrayList<>();
            long down = all.stream().mapToLong(TorrentText::downRate).sum();
            long up = all.stream().mapToLong(TorrentText::upRate).sum();
            lines.add(
                    "%d torrents, down %s/s, up %s/s"
                            .formatted(all.size(), Printable.bytes(down), Printable.bytes(up)));
            lines.addAll(table.lines());
            if (all.size() > most) {
                lines.add("and " + (all.size() - most) + " more");
            }
            return lines;
        }

        private static String bar(double share) {
            int full = (int) Math.floor(Math.clamp(share, 0, 1) * BAR_WIDTH);
            return "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "]";
        }

        private static String shortened(String name) {
            return name.codePointCount(0, name.length()) <= NAME_WIDTH
                    ? name
                    : name.substring(0, name.offsetByCodePoints(0, NAME_WIDTH - 1)) + "…";
        }
    }
}
