package org.bittern.rpc;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer in a dialect. Owned by the thread of the call. Names are given in the legacy
 * spelling.
 */
public final class RpcWriter {
    private final JsonGenerator json;
    private final Dialect dialect;

    public RpcWriter(JsonGenerator json, Dialect dialect) {
        this.json = json;
        this.dialect = dialect;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** The generator itself, for names that are already spelled. */
    public JsonGenerator json() {
        return json;
    }

    /** The name of the member whose value follows. */
    public void field(String name) throws IOException {
        json.writeFieldName(dialect.spell(name));
    }

    public void number(String name, long value) throws IOException {
        field(name);
        json.writeNumber(value);
    }

    public void decimal(String name, double value) throws IOException {
        field(name);
        json.writeNumber(value);
    }

    public void text(String name, String value) throws IOException {
        field(name);
        json.writeString(value);
    }

    public void flag(String name, boolean value) throws IOException {
        field(name);
        json.writeBoolean(value);
    }

    public void beginObject() throws IOException {
        json.writeStartObject();
    }

    public void endObject() throws IOException {
        json.writeEndObject();
    }

    public void beginArray() throws IOException {
        json.writeStartArray();
    }

    public void endArray() throws IOException {
        json.writeEndArray();
    }

    /** Any plain value; names of maps are those of the legacy dialect. */
    public void value(@Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Double number -> json.writeNumber(number);
            case Float number -> json.writeNumber(number);
            case BigInteger number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.longValue());
            case Iterable<?> elements -> {
                json.writeStartArray();
                for (Object element : elements) {
                    value(element);
                }
                json.writeEndArray();
            }
            case Map<?, ?> members -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    field(String.valueOf(member.getKey()));
                    value(member.getValue());
                }
                json.writeEndObject();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }
}
