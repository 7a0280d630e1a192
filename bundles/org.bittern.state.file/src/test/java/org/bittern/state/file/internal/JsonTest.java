package org.bittern.state.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class JsonTest {
    private static Map<String, Object> read(String json) throws IOException {
        return new JsonReader(json.getBytes(StandardCharsets.UTF_8)).readObject();
    }

    @Property(tries = 300)
    void readsEveryTextThatItWrites(@ForAll String key, @ForAll String text, @ForAll long number)
            throws IOException {
        Map<String, Object> value = Map.of("k" + key, List.of(text, number, Map.of(key, text)));
        assertThat(new JsonReader(JsonWriter.write(value)).readObject()).isEqualTo(value);
    }

    @Test
    void readsAllKindsOfValues() throws IOException {
        assertThat(
                        read(
                                "\uFEFF {\"a\":-1,\"b\":[1.5e2,true,false,null],\"c\":{},"
                                        + "\"d\":\"\\u00e9\\/\\n\",\"e\":null,\"f\":99999999999999999999}"))
                .isEqualTo(
                        Map.of(
                                "a",
                                -1L,
                                "b",
                                List.of(150.0, true, false),
                                "c",
                                Map.of(),
                                "d",
                                "é/\n",
                                "f",
                                1e20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "1",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{\"a\":NaN}",
                "{\"a\":'x'}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":tru}",
                "{} x",
                "{\"a\":[1 2]}",
                "{\"a\":\"x",
                "{\"a\":1e}",
                "{\"a\":--1}"
            })
    void refusesWhatIsNotAJsonObject(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void boundsNestingWhenReadingAndWriting() {
        String deep = "{\"a\":" + "[".repeat(100_000);
        assertThatThrownBy(() -> read(deep)).hasMessageContaining("levels");
        Object value = "leaf";
        for (int i = 0; i < JsonReader.MAX_DEPTH; i++) {
            value = List.of(value);
        }
        Map<String, Object> tooDeep = Map.of("a", value);
        assertThatThrownBy(() -> JsonWriter.write(tooDeep))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> new JsonReader(new byte[] {'{', (byte) 0xff, '}'}))
                .hasMessageContaining("UTF-8");
    }

    @Test
    void writesOnlyWhatJsonCanSay() {
        assertThatThrownBy(() -> JsonWriter.write(Map.of("a", Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonWriter.write(Map.of("a", new Object())))
                .hasMessageContaining("java.lang.Object");
    }
}
