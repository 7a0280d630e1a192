package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.bittern.control.ControlException;
import org.bittern.control.Params;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BodyTest {
    private Instant now = Instant.EPOCH;
    private final Body body =
            new Body(
                    new Limits(16 << 20, Duration.ofSeconds(20), Duration.ofSeconds(30)),
                    () -> now);

    @Test
    void emptyAndBlankBodiesAreAnEmptyObject() {
        assertThat(read("").ignored()).isEmpty();
        assertThat(read(" \r\n").ignored()).isEmpty();
    }

    @Test
    void readsAnObject() {
        assertThat(read("{\"a\": \"\u00e4\", \"b\": null}").text("a")).isEqualTo("\u00e4");
    }

    @Test
    void everythingElseIsRefused() {
        for (String text :
                List.of(
                        "[]",
                        "7",
                        "null",
                        "\"x\"",
                        "{",
                        "{} {}",
                        "{\"a\":NaN}",
                        "{'a':1}",
                        "{\"a\":".repeat(5000),
                        "{\"a\":" + "[".repeat(100_000),
                        "\0")) {
            assertThatThrownBy(() -> read(text))
                    .as(text.substring(0, Math.min(9, text.length())))
                    .isInstanceOf(ControlException.class)
                    .hasMessage("the body is not a JSON object");
        }
    }

    @Test
    void manySmallValuesAreRefusedBeforeTheyFillTheHeap() {
        assertThatThrownBy(() -> read("{\"a\":[" + "{},".repeat(2_000_000) + "{}]}"))
                .isInstanceOf(ControlException.class);
    }

    @Test
    void announcedLengthBeyondTheLimitIsRefusedUnread() {
        HttpServletRequest request =
                request(
                        "POST",
                        1L << 30,
                        null,
                        new ByteArrayInputStream(new byte[0]) {
                            @Override
                            public synchronized int read(byte[] bytes, int begin, int length) {
                                throw new AssertionError("was read");
                            }
                        });
        assertStatus(413, request);
    }

    @Test
    void lengthBeyondTheLimitIsRefusedWhileReading() {
        assertStatus(413, request("POST", -1, null, new EndlessBlanks(0)));
    }

    @Test
    void steadyTrickleIsRefusedAfterItsTime() {
        assertStatus(408, request("POST", -1, null, new EndlessBlanks(1)));
    }

    @Test
    void silenceIsATimeoutAndBrokenFramingIsNot() {
        assertStatus(
                408, request("POST", -1, null, failing(new IOException(new TimeoutException()))));
        assertStatus(400, request("POST", -1, null, failing(new IOException("bad chunk"))));
    }

    @Test
    void queryGivesTextsAndNumbers() {
        Params params = query("level=war%6e&limit=12&flag");
        assertThat(params.text("level")).isEqualTo("warn");
        assertThat(params.whole("limit", 0, 99)).hasValue(12L);
        assertThat(params.optionalText("flag")).hasValue("");
        assertThat(query(null).ignored()).isEmpty();
        assertThatThrownBy(() -> query("a=%zz")).isInstanceOf(ControlException.class);
    }

    @Test
    void drainingEndsAtItsTimeAndWithTheClient() {
        body.drain(request("POST", -1, null, new EndlessBlanks(1)));
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(10));
        body.drain(request("POST", -1, null, failing(new IOException("gone"))));
    }

    private Params read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return body.read(request("POST", bytes.length, null, new ByteArrayInputStream(bytes)));
    }

    private Params query(@Nullable String query) {
        return body.read(request("GET", -1, query, InputStream.nullInputStream()));
    }

    private void assertStatus(int status, HttpServletRequest request) {
        assertThatThrownBy(() -> body.read(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reply().status()).isEqualTo(status));
    }

    private static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] bytes, int begin, int length) throws IOException {
                throw failure;
            }
        };
    }

    private static HttpServletRequest request(
            String method, long length, @Nullable String query, InputStream in) {
        return (HttpServletRequest)
                Proxy.newProxyInstance(
                        BodyTest.class.getClassLoader(),
                        new Class<?>[] {HttpServletRequest.class},
                        (proxy, called, arguments) ->
                                switch (called.getName()) {
                                    case "getMethod" -> method;
                                    case "getContentLengthLong" -> length;
                                    case "getQueryString" -> query;
                                    case "getHeader" -> null;
                                    case "getInputStream" -> new Input(in);
                                    default ->
                                            throw new UnsupportedOperationException(
                                                    called.getName());
                                });
    }

    /** Blanks without end; each read takes some seconds of the clock. */
    private final class EndlessBlanks extends InputStream {
        private final int secondsPerRead;

        EndlessBlanks(int secondsPerRead) {
            this.secondsPerRead = secondsPerRead;
        }

        @Override
        public int read() {
            return ' ';
        }

        @Override
        public int read(byte[] bytes, int begin, int length) {
            now = now.plusSeconds(secondsPerRead);
            Arrays.fill(bytes, begin, begin + length, (byte) ' ');
            return secondsPerRead == 0 ? length : 1;
        }
    }

    private static final class Input extends ServletInputStream {
        private final InputStream in;

        Input(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int begin, int length) throws IOException {
            return in.read(bytes, begin, length);
        }

        @Override
        public boolean isFinished() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isReady() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
