package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.Names;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;
import org.jspecify.annotations.Nullable;

/** {@code torrent-get}: written straight from snapshots. Thread-safe. */
final class TorrentGet {
    private final Outside outside;
    private final RecentActivity recent;

    TorrentGet(Outside outside, RecentActivity recent) {
        this.outside = outside;
        this.recent = recent;
    }

    /** A field under the name that the caller used. */
    private record Column(SerializableString name, Field field) {}

    RpcAnswer perform(RpcRequest request) throws RpcException {
        List<Column> columns = columns(request);
        Engine engine = outside.engines().require();
        Selection selection = Selection.of(engine, request.arguments(), recent);
        Set<Field.Need> needs = EnumSet.noneOf(Field.Need.class);
        columns.forEach(column -> needs.addAll(column.field().needs()));
        Detailing rows =
                new Detailing(
                                engine,
                                selection.torrents(),
                                needs,
                                new Row.Moment(
                                        outside.clock().instant(),
                                        engine.settings(),
                                        outside.data()))
                        .begun();
        boolean table = request.arguments().text("format").filter("table"::equals).isPresent();
        return out -> {
            if (selection.removed().isPresent()) {
                out.field("removed");
                out.value(selection.removed().get());
            }
            out.field("torrents");
            out.beginArray();
            if (table) {
                writeTable(columns, rows, out);
            } else {
                writeObjects(columns, rows, out);
            }
            out.endArray();
        };
    }

    private static void writeObjects(List<Column> columns, Detailing rows, RpcWriter out)
            throws IOException {
        JsonGenerator json = out.json();
        for (Row row = rows.next(); row != null; row = rows.next()) {
            json.writeStartObject();
            for (Column column : columns) {
                json.writeFieldName(column.name());
                column.field().value().write(row, out);
            }
            json.writeEndObject();
        }
    }

    private static void writeTable(List<Column> columns, Detailing rows, RpcWriter out)
            throws IOException {
        JsonGenerator json = out.json();
        json.writeStartArray();
        for (Column column : columns) {
            json.writeString(column.name());
        }
        json.writeEndArray();
        for (Row row = rows.next(); row != null; row = rows.next()) {
            json.writeStartArray();
            for (Column column : columns) {
                column.field().value().write(row, out);
            }
            json.writeEndArray();
        }
    }

    /** The known fields among those asked for, each once, under the asked spelling. */
    private List<Column> columns(RpcRequest request) throws RpcException {
        List<String> asked = request.arguments().texts("fields").orElse(List.of());
        Map<String, Field> added = added();
        Map<String, Column> columns = new LinkedHashMap<>();
        for (String name : asked) {
            String snake = Names.snake(name);
            Field field = TorrentFields.ALL.getOrDefault(snake, added.get(snake));
            if (field != null && (request.dialect() == Dialect.LEGACY || snake.equals(name))) {
                columns.putIfAbsent(name, new Column(new SerializedString(name), field));
            }
        }
        if (columns.isEmpty()) {
            throw new RpcException(RpcError.INVALID_PARAMS, "no fields specified");
        }
        return new ArrayList<>(columns.values());
    }

    private Map<String, Field> added() {
        Map<String, Field> added = new LinkedHashMap<>();
        for (FieldProvider provider : outside.providers()) {
            for (Map.Entry<String, Function<TorrentSnapshot, @Nullable Object>> entry :
                    provider.torrentFields().entrySet()) {
                added.put(Names.snake(entry.getKey()), field(entry.getKey(), entry.getValue()));
            }
        }
        return added;
    }

    /** A field of another bundle. */
    static Field field(String name, Function<TorrentSnapshot, @Nullable Object> value) {
        return new Field(name, Set.of(), (row, out) -> out.value(value.apply(row.now())));
    }
}
