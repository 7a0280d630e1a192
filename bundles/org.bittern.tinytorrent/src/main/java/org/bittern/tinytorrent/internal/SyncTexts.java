package org.bittern.tinytorrent.internal;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bittern.rpc.FieldTexts;

/**
 * Messages in JSON, made while they are sent: a client that is slow holds on to one part and not to
 * a whole snapshot of thousands of torrents.
 */
final class SyncTexts {
    /** A part ends with the first torrent that goes beyond this. */
    static final int PART_CHARS = 32 * 1024;

    private SyncTexts() {}

    /**
     * The whole state.
     *
     * @return at least one part
     */
    static Iterator<String> snapshot(FieldTexts session, List<FieldTexts> torrents) {
        return parts(
                List.of(
                        Stream.of(
                                begin("sync-snapshot", 0),
                                out -> object(out.append("\"session\":"), session),
                                out -> out.append(",\"torrents\":[")),
                        separated(torrents.stream().map(torrent -> out -> object(out, torrent))),
                        Stream.of(out -> out.append("]}}"))));
    }

    /**
     * Changes, in the order in which they are to be applied.
     *
     * @param full updated torrents with all of their fields
     * @return at least one part
     */
    static Iterator<String> patch(long sequence, Patch patch, boolean full) {
        Stream<Consumer<StringBuilder>> removed =
                separated(patch.removed().stream().map(number -> out -> out.append(number)));
        Stream<Consumer<StringBuilder>> added =
                separated(
                        patch.added().values().stream()
                                .map(torrent -> out -> object(out, torrent)));
        Stream<Consumer<StringBuilder>> updated =
                separated(
                        patch.updated().entrySet().stream()
                                .map(update -> out -> update(out, update, full)));
        return parts(
                List.of(
                        Stream.of(begin("sync-patch", sequence), out -> session(out, patch)),
                        Stream.of(out -> out.append("\"torrents\":{\"removed\":[")),
                        removed,
                        Stream.of(out -> out.append("],\"added\":[")),
                        added,
                        Stream.of(out -> out.append("],\"updated\":[")),
                        updated,
                        Stream.of(out -> out.append("]}}}"))));
    }

    private static Consumer<StringBuilder> begin(String type, long sequence) {
        return out ->
                out.append("{\"type\":\"")
                        .append(type)
                        .append("\",\"sequence\":")
                        .append(sequence)
                        .append(",\"data\":{");
    }

    private static void session(StringBuilder out, Patch patch) {
        Patch.Update session = patch.session();
        if (session != null) {
            out.append("\"session\":{");
            session.now().append(out, session.changed());
            out.append("},");
        }
    }

    private static void object(StringBuilder out, FieldTexts texts) {
        out.append('{');
        texts.append(out);
        out.append('}');
    }

    private static void update(
            StringBuilder out, Map.Entry<Integer, Patch.Update> update, boolean full) {
        FieldTexts now = update.getValue().now();
        if (full || update.getValue().changed().cardinality() == now.names().count()) {
            object(out, now); // the id is among its fields
            return;
        }
        out.append("{\"id\":").append(update.getKey()).append(',');
        now.append(out, update.getValue().changed());
        out.append('}');
    }

    /** With commas between them. */
    private static Stream<Consumer<StringBuilder>> separated(
            Stream<Consumer<StringBuilder>> elements) {
        Iterator<String> separators =
                Stream.concat(Stream.of(""), Stream.generate(() -> ",")).iterator();
        return elements.map(element -> out -> element.accept(out.append(separators.next())));
    }

    private static Iterator<String> parts(List<Stream<Consumer<StringBuilder>>> sections) {
        return new Parts(sections.stream().map(Stream::iterator).toList());
    }

    /** Puts small pieces together. Owned by the client that sends them. */
    private static final class Parts implements Iterator<String> {
        private final List<Iterator<Consumer<StringBuilder>>> sections;
        private int section;

        Parts(List<Iterator<Consumer<StringBuilder>>> sections) {
            this.sections = sections;
        }

        @Override
        public boolean hasNext() {
            while (section < sections.size() && !sections.get(section).hasNext()) {
                section++;
            }
            return section < sections.size();
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            StringBuilder part = new StringBuilder();
            while (part.length() < PART_CHARS && hasNext()) {
                sections.get(section).next().accept(part);
            }
            return part.toString();
        }
    }
}
