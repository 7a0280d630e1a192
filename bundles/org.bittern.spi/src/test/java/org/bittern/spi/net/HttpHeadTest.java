package org.bittern.spi.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpHeadTest {
    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static HttpHead head(String text) throws IOException {
        return HttpHead.read(bytes(text));
    }

    @Test
    void readsUpToTheBody() throws IOException {
        InputStream in =
                bytes("HTTP/1.1 206 Partial\r\nA-Field:  one \nA-FIELD: two\r\nnone\r\n\r\nbody");
        HttpHead head = HttpHead.read(in);
        assertThat(head.status()).isEqualTo(206);
        assertThat(head.fields()).hasSize(1).containsEntry("a-field", "one");
        assertThat(head.isChunked()).isFalse();
        assertThat(head.length()).isEmpty();
        assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo("body");
    }

    @Test
    void leavesOutInterimAnswers() throws IOException {
        String interim = "HTTP/1.1 100 Continue\r\n\r\n";
        assertThat(head(interim.repeat(4) + "HTTP/1.0 200\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void tellsHowLongTheBodyIs() throws IOException {
        assertThat(head("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n").length()).hasValue(12);
        assertThat(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n").isChunked())
                .isTrue();
        HttpHead odd = head("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
        assertThatThrownBy(odd::length).hasMessageContaining("no number");
    }

    @Test
    void readsChunks() throws IOException {
        InputStream in = bytes("2; x=y\r\nab\r\n0\r\n");
        assertThat(HttpHead.chunkSize(in)).isEqualTo(2);
        assertThat(in.readNBytes(2)).containsExactly('a', 'b');
        HttpHead.endOfChunk(in);
        assertThat(HttpHead.chunkSize(in)).isZero();
        assertThatThrownBy(() -> HttpHead.chunkSize(bytes("-1\r\n")))
                .hasMessage("chunk without a size");
        assertThatThrownBy(() -> HttpHead.endOfChunk(bytes("c\r\n")))
                .hasMessage("chunk of the wrong size");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                "Content-Length: 3\r\n\r\nabcd",
                "A: b\r\n\r\nabc"
            })
    void readsTheBodyHoweverItEnds(String rest) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\n" + rest;
        assertThat(body(answer, 3)).containsExactly('a', 'b', 'c');
        assertThatThrownBy(() -> body(answer, 2))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("answer of more than 2 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n2\r\na",
                "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
                "Content-Length: 3\r\n\r\nab"
            })
    void saysWhenTheBodyIsCutOff(String rest) {
        assertThatThrownBy(() -> body("HTTP/1.1 200 OK\r\n" + rest, 3))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("answer is cut off");
    }

    private static byte[] body(String answer, int most) throws IOException {
        InputStream in = bytes(answer);
        return HttpHead.read(in).body(in, most);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b"})
    void saysWhenItIsCutOff(String text) {
        assertThatThrownBy(() -> head(text))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("answer is cut off");
    }

    @Test
    void refusesWhatIsNotHttpOrHasNoEnd() {
        assertThatThrownBy(() -> head("220 mail.example\r\n\r\n")).hasMessage("answer is not HTTP");
        assertThatThrownBy(() -> head("HTTP/1.1 200 " + "x".repeat(9000)))
                .hasMessageContaining("more than 8192 bytes");
        assertThatThrownBy(() -> head("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(200)))
                .hasMessageContaining("more than 100 header fields");
    }
}
