package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bittern.api.files.PathThreads;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of a file beside its bytes, for which no brain is asked. */
@Timeout(30)
class FileHeadersTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Limits PATIENT = new Limits(65_536, 1 << 20, LONG, LONG);
    private static final RangeBrain NOBODY =
            fake(
                    RangeBrain.class,
                    method -> {
                        throw new UnsupportedOperationException(method);
                    });

    @Test
    void nothingThatActsIsShown() throws Exception {
        for (String name :
                List.of(
                        "x/evil.html",
                        "e.HTM",
                        "e.xhtml",
                        "e.svg",
                        "e.xml",
                        "e.js",
                        "e.mjs",
                        "e.css",
                        "e.json",
                        "e.pdf",
                        "e.zip",
                        "e.swf",
                        "e.mkv.html",
                        "none")) {
            assertActs(file(name, 10, Optional.empty()), name);
        }
        for (String told : List.of("text/html", "TEXT/HTML; charset=x", "image/svg+xml", "x/y")) {
            assertActs(file("film.mkv", 10, Optional.of(told)), told);
        }
    }

    private static void assertActs(StreamFile file, String what) throws Exception {
        FakeExchange head = answered(file, new FakeExchange(true));
        assertThat(head.header("Content-Disposition")).as(what).startsWith("attachment");
        assertThat(head.header("Content-Security-Policy")).as(what).startsWith("sandbox");
        assertThat(head.header("X-Content-Type-Options")).as(what).isEqualTo("nosniff");
    }

    @Test
    void whatIsOnlyPlayedOrReadIsShown() throws Exception {
        for (String name :
                List.of("f.mkv", "f.MP4", "f.mp3", "f.jpg", "f.srt", "f.vtt", "f.ass", "f.txt")) {
            StreamFile file = file(name, 10, Optional.empty());
            FakeExchange head = answered(file, new FakeExchange(true));
            assertThat(head.header("Content-Disposition")).as(name).startsWith("inline");
            assertThat(head.header("Content-Security-Policy")).as(name).isEmpty();
            assertThat(head.header("X-Content-Type-Options")).as(name).isEqualTo("nosniff");
        }
    }

    @Test
    void renderersOfDlnaAreToldWhatTheyAskForAndNobodyElse() throws Exception {
        StreamFile film = file("f.mkv", 10, Optional.empty());
        FakeExchange plain = answered(film, new FakeExchange(true));
        assertThat(plain.header("contentFeatures.dlna.org")).isEmpty();
        assertThat(plain.header("transferMode.dlna.org")).isEmpty();
        FakeExchange features =
                answered(film, new FakeExchange(true).with("getcontentFeatures.dlna.org", "1"));
        assertThat(features.header("contentFeatures.dlna.org"))
                .as("ranges of bytes can be asked for, nothing was converted")
                .isEqualTo("DLNA.ORG_OP=01;DLNA.ORG_CI=0");
        assertThat(features.header("transferMode.dlna.org")).isEmpty();
        FakeExchange mode =
                answered(film, new FakeExchange(true).with("transferMode.dlna.org", "Streaming"));
        assertThat(mode.header("transferMode.dlna.org")).isEqualTo("Streaming");
        assertThat(mode.header("contentFeatures.dlna.org")).isEmpty();
    }

    @Test
    void anEmptyFileIsThereAtOnceAndHasNoParts() throws Exception {
        StreamFile empty = file("a.mkv", 0, Optional.empty());
        FakeExchange whole = answered(empty, new FakeExchange(false));
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header("Content-Length")).isEqualTo("0");
        assertThat(whole.sent()).isEmpty();
        assertThat(whole.aborted()).isFalse();
        for (String range : List.of("bytes=0-", "bytes=0-0", "bytes=-1")) {
            FakeExchange part = answered(empty, new FakeExchange(false).with("Range", range));
            assertThat(part.status()).as(range).isEqualTo(416);
            assertThat(part.header("Content-Range")).as(range).isEqualTo("bytes */0");
        }
    }

    private static FakeExchange answered(StreamFile file, FakeExchange exchange) throws Exception {
        Catalogs.Entry entry = new Catalogs.Entry(file, NOBODY, Optional::empty);
        Source source = new Source(entry, new PathThreads("test-read"));
        try (Delivery delivery = new Delivery(exchange, source, PATIENT, () -> 0, 0)) {
            new FileAnswer(exchange, file, false).give(delivery);
        }
        return exchange;
    }

    private static StreamFile file(String name, long length, Optional<String> contentType) {
        return new StreamFile(
                "f", "g", "g", Path.of("/f"), name, length, contentType, "tag", Instant.EPOCH);
    }
}
