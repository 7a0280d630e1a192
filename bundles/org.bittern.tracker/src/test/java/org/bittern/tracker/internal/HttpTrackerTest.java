package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;
import org.bittern.bencode.BString;
import org.bittern.spi.discovery.SearchSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpTrackerTest extends HttpFixture {
    @Test
    void tellsEverythingInTheQuery() {
        server.answerBody(ANSWER);
        announce(server.url("/announce?passkey=s3cret"));
        assertThat(server.requests).hasSize(1);
        assertThat(server.requests.getFirst().target())
                .isEqualTo(
                        "/announce?passkey=s3cret&info_hash=%00"
                                + "%F1".repeat(19)
                                + "&peer_id=-BT0100-abcdefgh%00%20%2B%26&port=51413&uploaded=2000"
                                + "&downloaded=1000&left=3000&corrupt=4000&key=0BADCAFE"
                                + "&event=started&numwant=50&compact=1&no_peer_id=1");
        assertThat(server.requests.getFirst().fields())
                .contains(
                        "Host: 127.0.0.1:" + server.port(),
                        "User-Agent: Bittern/0.1.0",
                        "Accept-Encoding: gzip",
                        "Connection: close");
    }

    @Test
    void understandsACompactAnswer() {
        server.answerBody(ANSWER);
        Told told = announce(server.url("/announce"));
        Outcome.Answer answer = (Outcome.Answer) told.outcomes.getFirst();
        assertThat(answer.peers())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("1.2.3.4"), 6881));
        assertThat(answer.seconds()).isEqualTo(new Outcome.Intervals(900, 60));
        assertThat(answer.counts()).isEqualTo(new Outcome.Counts(5, 6, -1));
        assertThat(told.trusted).as("a tracker on loopback").isTrue();
    }

    @Test
    void looksUpPeersThatHaveNames() {
        names.put("peer.example", List.of(InetAddress.ofLiteral("9.8.7.6")));
        server.answerBody("d5:peersld2:ip12:peer.example4:porti77eed2:ip9:gone.here4:porti78eeee");
        Told told = announce(server.url("/announce"));
        loop.until(() -> !told.more.isEmpty());
        assertThat(told.more)
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("9.8.7.6"), 77));
    }

    @Test
    void repeatsTheTrackerId() {
        server.answerBody(ANSWER);
        SearchSpec spec = Specs.of(loop, List.of());
        AnnounceRequest request =
                new AnnounceRequest(
                        spec,
                        Specs.SWARM,
                        AnnounceEvent.NONE,
                        spec.tally().get(),
                        Optional.of(BString.of("a b")),
                        Patience.FULL);
        assertThat(AnnounceQuery.of(request, InetAddress.ofLiteral("1.1.1.1")))
                .contains("&trackerid=a%20b")
                .doesNotContain("event=");
    }

    @Test
    void unzipsAndJoinsChunks() {
        server.answer((_, out) -> {
            byte[] body = zipped(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
            HttpScript.head(
                    out, "200 OK", "transfer-encoding: chunked", "CONTENT-ENCODING: gzip", "");
            HttpScript.text(out, "5;x=y\r\n");
            out.write(body, 0, 5);
            HttpScript.text(out, "\r\n" + Integer.toHexString(body.length - 5) + "\r\n");
            out.write(body, 5, body.length - 5);
            HttpScript.text(out, "\r\n0\r\n\r\n");
        });
        assertThat(answered(server.url("/announce")).peers()).hasSize(1);
    }

    @Test
    void readsAnAnswerThatEndsWithTheConnection() {
        server.answer((_, out) -> HttpScript.text(out, "HTTP/1.0 200 fine\n\n" + ANSWER));
        assertThat(answered(server.url("/announce")).peers()).hasSize(1);
    }

    @Test
    void followsRedirects() {
        server.answer((request, out) -> {
            switch (request.target().replaceAll("\\?.*", "")) {
                case "/announce" -> HttpScript.head(out, "302 x", "Location: hop?a=1", "", "");
                case "/hop" ->
                        HttpScript.head(out, "307 x", "location: " + server.url("/end"), "", "");
                default -> HttpScript.ok(out, ANSWER.getBytes(StandardCharsets.ISO_8859_1));
            }
        });
        assertThat(answered(server.url("/announce")).peers()).hasSize(1);
        assertThat(server.requests)
                .extracting(HttpScript.Request::target)
                .hasSize(3)
                .endsWith("/hop?a=1", "/end");
    }

    @Test
    void givesTheReasonOfAFailure() {
        server.answerBody("d14:failure reason12:unregistered8:intervali5ee");
        assertThat(refused(server.url("/announce"))).isEqualTo("unregistered");
        server.answer((_, out) -> {
            HttpScript.head(out, "403 Forbidden", "", "d14:failure reason3:badee");
        });
        assertThat(refused(server.url("/announce"))).startsWith("HTTP status 403");
    }

    @Test
    void sendsFromTheAddressItIsBoundTo() {
        server.answerBody(ANSWER);
        InetAddress ours = InetAddress.ofLiteral("127.0.0.9");
        SearchSpec spec = Specs.of(loop, Specs.HASH, List.of(), List.of(ours));
        announce(tracker, server.url("/announce"), spec, AnnounceEvent.NONE);
        assertThat(server.requests.getFirst().from()).isEqualTo(ours);
        SearchSpec other =
                Specs.of(loop, Specs.HASH, List.of(), List.of(InetAddress.ofLiteral("::1")));
        Told told = announce(tracker, server.url("/announce"), other, AnnounceEvent.NONE);
        assertThat(told.outcomes.getFirst().toString()).contains("bound to");
        assertThat(server.requests).as("fails closed").hasSize(1);
    }

    @Test
    void comesOverBothAddressFamilies() {
        bothFamilies = true;
        names.put(
                "dual.example",
                List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1")));
        server.answerBody(ANSWER);
        try (HttpScript six =
                new HttpScript(ServerSocketFactory.getDefault(), "http", server.port(), "::1")) {
            six.answerBody("d6:peers618:" + " ".repeat(16) + "\u0001\u0002e");
            Told told = announce("http://dual.example:" + server.port() + "/announce");
            loop.until(() -> !told.more.isEmpty());
            assertThat(told.outcomes).hasSize(1);
            assertThat(told.more).hasSize(1);
            assertThat(server.requests).hasSize(1);
            assertThat(six.requests).hasSize(1);
            server.close();
            Told other = announce("http://dual.example:" + server.port() + "/announce");
            assertThat(other.outcomes.getFirst()).isInstanceOf(Outcome.Answer.class);
        }
    }

    /** Whoever is told ends the process, and what was not sent until then never is. */
    @Test
    void aGoodbyeIsOverWhenBothFamiliesHaveTakenIt() throws Exception {
        bothFamilies = true;
        names.put(
                "dual.example",
                List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1")));
        server.answerBody(ANSWER);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (HttpScript six =
                new HttpScript(ServerSocketFactory.getDefault(), "http", server.port(), "::1")) {
            six.answer((_, out) -> {
                asked.countDown();
                answer.await();
                HttpScript.ok(out, ANSWER.getBytes(StandardCharsets.ISO_8859_1));
            });
            Told told = new Told();
            tracker.announce(
                    TrackerUrl.parse("http://dual.example:" + server.port() + "/announce"),
                    new AnnounceRequest(
                            Specs.of(loop, List.of()),
                            Specs.SWARM,
                            AnnounceEvent.STOPPED,
                            Specs.TALLY,
                            Optional.empty(),
                            Patience.GOODBYE),
                    told);
            asked.await();
            assertThat(server.requests).hasSize(1);
            loop.turn();
            assertThat(told.outcomes).isEmpty();
            answer.countDown();
            loop.until(() -> !told.outcomes.isEmpty());
            assertThat(told.outcomes.getFirst()).isInstanceOf(Outcome.Answer.class);
        }
    }

    @Test
    void tellsAnIpv4TrackerOurIpv6Address() {
        SearchSpec spec =
                Specs.of(
                        loop,
                        Specs.HASH,
                        List.of(),
                        List.of(
                                InetAddress.ofLiteral("127.0.0.1"),
                                InetAddress.ofLiteral("2001:db8::7")));
        AnnounceRequest request = Specs.request(spec, AnnounceEvent.NONE);
        assertThat(AnnounceQuery.of(request, InetAddress.ofLiteral("1.1.1.1")))
                .endsWith("&ipv6=2001%3Adb8%3A0%3A0%3A0%3A0%3A0%3A7");
        assertThat(AnnounceQuery.of(request, InetAddress.ofLiteral("2001:db8::1")))
                .as("loopback is nobody's business")
                .doesNotContain("ipv4=");
    }

    @Test
    void sendsUserAndPasswordOfTheUrlOnlyToThatServer() {
        server.answer((request, out) ->
                HttpScript.head(
                        out,
                        "302 x",
                        "Location: http://127.0.0.2:" + server.port() + "/announce",
                        "",
                        ""));
        try (HttpScript other =
                new HttpScript(
                        ServerSocketFactory.getDefault(), "http", server.port(), "127.0.0.2")) {
            other.answerBody(ANSWER);
            answered("http://me:pass@127.0.0.1:" + server.port() + "/announce");
            assertThat(server.requests.getFirst().fields())
                    .contains("Authorization: Basic bWU6cGFzcw==");
            assertThat(other.requests.getFirst().fields())
                    .noneMatch(field -> field.startsWith("Authorization"));
        }
    }

    @Test
    void keepsAwayFromBlockedAddresses() {
        blocked.add(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(refused(server.url("/announce"))).isEqualTo("address is blocked");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void asksOnlyTrackersOnThisHost() {
        assertThat(refused(server.url("/admin?delete=all"))).contains("announce");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void scrapes() throws TrackerException {
        server.answer((_, out) -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            HttpScript.text(body, "d5:filesd20:");
            body.writeBytes(Specs.SWARM);
            HttpScript.text(body, "d8:completei1e10:downloadedi3e10:incompletei2eeee");
            HttpScript.ok(out, body.toByteArray());
        });
        List<Optional<Outcome.Counts>> told = new ArrayList<>();
        tracker.scrape(
                new Announcer.ScrapeRequest(
                        TrackerUrl.parse(server.url("/x/announce.php?k=v")),
                        new Binding(List.of()),
                        Specs.SWARM,
                        loop),
                told::add);
        loop.until(() -> !told.isEmpty());
        assertThat(told).containsExactly(Optional.of(new Outcome.Counts(1, 2, 3)));
        assertThat(server.requests.getFirst().target())
                .isEqualTo("/x/scrape.php?k=v&info_hash=%00" + "%F1".repeat(19));
    }
}
