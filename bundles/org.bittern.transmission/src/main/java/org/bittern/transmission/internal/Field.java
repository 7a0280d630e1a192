package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.bittern.rpc.RpcWriter;

/**
 * A field of {@code torrent-get}.
 *
 * @param name in the legacy dialect
 * @param needs what must be asked of the torrent first
 */
record Field(String name, Set<Need> needs, Value value) {
    /** What is not in a snapshot. */
    enum Need {
        PEERS,
        FILES,
        TRACKERS,
        WEB_SEEDS,
        PIECES,
        AVAILABILITY,
        DESIRED
    }

    /** Writes the value alone. */
    interface Value {
        void write(Row row, RpcWriter out) throws IOException;
    }

    static Field number(String name, ToLongFunction<Row> value) {
        return new Field(
                name, Set.of(), (row, out) -> out.json().writeNumber(value.applyAsLong(row)));
    }

    static Field decimal(String name, ToDoubleFunction<Row> value) {
        return new Field(
                name, Set.of(), (row, out) -> out.json().writeNumber(value.applyAsDouble(row)));
    }

    static Field text(String name, Function<Row, String> value) {
        return new Field(name, Set.of(), (row, out) -> out.json().writeString(value.apply(row)));
    }

    static Field flag(String name, Predicate<Row> value) {
        return new Field(name, Set.of(), (row, out) -> out.json().writeBoolean(value.test(row)));
    }

    static Field of(String name, Need need, Value value) {
        return new Field(name, Set.of(need), value);
    }

    static <T> void array(Iterable<T> elements, RpcWriter out, Element<T> element)
            throws IOException {
        JsonGenerator json = out.json();
        json.writeStartArray();
        for (T each : elements) {
            element.write(each);
        }
        json.writeEndArray();
    }

    /** Writes one element of an array. */
    interface Element<T> {
        void write(T element) throws IOException;
    }
}
