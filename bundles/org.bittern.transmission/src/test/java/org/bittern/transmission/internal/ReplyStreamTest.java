package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ReplyStreamTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<String> calls = new ArrayList<>();
    private boolean committed;
    private final HttpServletResponse response =
            (HttpServletResponse)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {HttpServletResponse.class},
                            (proxy, method, arguments) -> answer(method.getName()));

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void aBodyThatIsWholeEnds(int length) throws IOException {
        try (ReplyStream body = new ReplyStream(response, null)) {
            body.write(new byte[length]);
            body.whole();
        }
        assertThat(sent.size()).isEqualTo(length);
        assertThat(calls).doesNotContain("reset");
        assertThat(calls).containsAnyOf("setContentLength", "close");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void ofABodyThatIsNotNothingIsLeft(int length) throws IOException {
        try (ReplyStream body = new ReplyStream(response, null)) {
            body.write(new byte[length]);
        }
        assertThat(calls).contains("reset").doesNotContain("setContentLength", "close");
    }

    @Test
    void whatIsOnItsWayAlreadyDoesNotEnd() throws IOException {
        committed = true;
        try (ReplyStream body = new ReplyStream(response, "gzip")) {
            body.write(new byte[100_000]);
        }
        assertThat(calls).doesNotContain("reset", "close");
        assertThatThrownBy(() ->
                        new GZIPInputStream(new ByteArrayInputStream(sent.toByteArray()))
                                .readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    private @Nullable Object answer(String method) {
        calls.add(method);
        return switch (method) {
            case "getOutputStream" -> new Output();
            case "isCommitted" -> committed;
            default -> null;
        };
    }

    private final class Output extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException("setWriteListener");
        }

        @Override
        public void write(int octet) {
            sent.write(octet);
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
