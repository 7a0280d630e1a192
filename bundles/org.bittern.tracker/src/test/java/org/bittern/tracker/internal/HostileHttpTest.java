package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.bittern.spi.discovery.SearchSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that lie, stall and overflow. */
@Timeout(60)
class HostileHttpTest extends HttpFixture {
    @Test
    void endsARedirectLoop() {
        server.answer((_, out) ->
                HttpScript.head(out, "301 x", "Location: /announce", "Content-Length: 0", ""));
        assertThat(refused(server.url("/announce"))).isEqualTo("more than 5 redirects");
        assertThat(server.requests).hasSize(6);
    }

    @Test
    void followsNoRedirectToOtherProtocols() {
        for (String target :
                List.of("file:///etc/passwd", "udp://127.0.0.1:1/announce", "ftp://x/")) {
            server.answer((_, out) -> HttpScript.head(out, "302 x", "Location: " + target, "", ""));
            assertThat(refused(server.url("/announce"))).as(target).contains("http");
        }
    }

    @Test
    void saysWhatWentWrongWithoutThePasskey() {
        List<String> messages = new ArrayList<>();
        String secret = "/s3cret/announce?passkey=s3cret";
        for (String body : List.of("", "i5e", "<html>", "d5:peers", "de de", "d8:intervali-0ee")) {
            server.answerBody(body);
            messages.add(refused(server.url(secret)));
        }
        assertThat(messages).containsOnly("answer is no bencoded dictionary");
        server.answer((_, out) -> HttpScript.text(out, "SSH-2.0-x\r\n"));
        messages.add(refused(server.url(secret)));
        assertThat(messages.getLast()).isEqualTo("answer is not HTTP");
        int port = server.port();
        server.close();
        messages.add(refused("http://127.0.0.1:" + port + secret));
        assertThat(messages.getLast()).isEqualTo("connection refused");
        messages.add(refused("http://nowhere.example" + secret));
        assertThat(messages.getLast()).isEqualTo("host name not found");
        assertThat(messages).noneMatch(message -> message.contains("s3cret"));
    }

    @Test
    void boundsTheSizeOfAnAnswer() {
        String large = "answer of more than 1048576 bytes";
        server.answer((_, out) -> HttpScript.head(out, "200 x", "Content-Length: 99999999999", ""));
        assertThat(refused(server.url("/announce"))).isEqualTo(large);
        server.answer((_, out) -> HttpScript.head(out, "200 x", "Content-Length: -5", ""));
        assertThat(refused(server.url("/announce"))).contains("no number");
        server.answer((_, out) -> {
            HttpScript.head(out, "200 x", "");
            endless(out);
        });
        assertThat(refused(server.url("/announce"))).isEqualTo(large);
        server.answer((_, out) ->
                HttpScript.head(out, "200 x", "Transfer-Encoding: chunked", "", "FFFFFFFF", ""));
        assertThat(refused(server.url("/announce"))).isEqualTo(large);
        server.answer((_, out) ->
                HttpScript.ok(out, zipped(new byte[50_000_000]), "Content-Encoding: gzip"));
        assertThat(refused(server.url("/announce"))).isEqualTo(large);
    }

    private static void endless(OutputStream out) throws IOException {
        byte[] block = new byte[8192];
        while (true) {
            out.write(block);
        }
    }

    @Test
    void boundsTheHead() {
        server.answer((_, out) -> HttpScript.head(out, "200 x", "X: " + "y".repeat(9000), "", ""));
        assertThat(refused(server.url("/announce"))).contains("header line");
        String[] fields = new String[200];
        Arrays.fill(fields, "X: y");
        server.answer((_, out) -> HttpScript.head(out, "200 x", fields));
        assertThat(refused(server.url("/announce"))).contains("header fields");
    }

    @Test
    void endsAnAnswerThatDripsIn() {
        server.answer((_, out) -> {
            HttpScript.head(out, "200 x", "");
            out.flush();
            while (true) { // each byte comes in time, the whole never
                out.write('d');
                out.flush();
                LockSupport.parkNanos(50_000_000);
            }
        });
        HttpTracker hasty =
                client((SSLSocketFactory) SSLSocketFactory.getDefault(), Duration.ofMillis(600));
        Told told =
                announce(
                        hasty,
                        server.url("/announce"),
                        Specs.of(loop, List.of()),
                        AnnounceEvent.NONE);
        assertThat(told.outcomes).containsExactly(new Outcome.Failure("timed out"));
    }

    @Test
    void letsAGoodbyePassByExchangesThatHang() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Semaphore hanging = new Semaphore(0);
        server.answer((request, out) -> {
            if (!request.target().contains("event=stopped")) {
                hanging.release();
                end.await();
            }
            HttpScript.ok(out, ANSWER.getBytes(StandardCharsets.ISO_8859_1));
        });
        SearchSpec spec = Specs.of(loop, List.of());
        Told told = new Told();
        for (int i = 0; i < Workers.MAX_EXCHANGES + 30; i++) {
            tracker.announce(url("/announce"), Specs.request(spec, AnnounceEvent.STARTED), told);
        }
        hanging.acquire(Workers.MAX_EXCHANGES);
        Told goodbye = new Told();
        AnnounceRequest stopped =
                new AnnounceRequest(
                        spec,
                        Specs.SWARM,
                        AnnounceEvent.STOPPED,
                        spec.tally().get(),
                        Optional.empty(),
                        Patience.GOODBYE);
        tracker.announce(url("/announce"), stopped, goodbye);
        loop.until(() -> !goodbye.outcomes.isEmpty());
        assertThat(server.requests).hasSize(Workers.MAX_EXCHANGES + 1);
        end.countDown();
        loop.until(() -> told.outcomes.size() == Workers.MAX_EXCHANGES + 30);
        assertThat(told.outcomes).allMatch(Outcome.Answer.class::isInstance);
    }

    private TrackerUrl url(String target) {
        try {
            return TrackerUrl.parse(server.url(target));
        } catch (TrackerException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesAnAnswerThatIsCutOff() {
        server.answer((_, out) -> HttpScript.head(out, "200 x", "Content-Length: 50", "", "short"));
        assertThat(refused(server.url("/announce"))).isEqualTo("answer is cut off");
        server.answer((_, _) -> {});
        assertThat(refused(server.url("/announce"))).isEqualTo("answer is cut off");
    }
}
