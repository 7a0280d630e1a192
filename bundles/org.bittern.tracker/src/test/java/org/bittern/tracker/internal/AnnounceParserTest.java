package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnnounceParserTest {
    private static Outcome parse(String body) {
        return AnnounceParser.announce(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Outcome.Answer answer(String body) {
        return (Outcome.Answer) parse(body);
    }

    @Test
    void readsAllThatATrackerMayTell() {
        Outcome.Answer answer =
                answer(
                        "d8:completei3e10:downloadedi4e11:external ip4:\u0001\u0002\u0003\u0004"
                                + "10:incompletei5e8:intervali6e12:min intervali7e5:peers0:"
                                + "10:tracker id2:id15:warning message5:a \nbce");
        assertThat(answer.counts()).isEqualTo(new Outcome.Counts(3, 5, 4));
        assertThat(answer.seconds()).isEqualTo(new Outcome.Intervals(6, 7));
        assertThat(answer.externalAddress()).hasValue(InetAddress.ofLiteral("1.2.3.4"));
        assertThat(answer.trackerId().map(Object::toString)).isPresent();
        assertThat(answer.warning()).isEqualTo("a bc");
    }

    @Test
    void takesWrongTypesForNothing() {
        Outcome.Answer answer =
                answer(
                        "d8:complete1:x11:external ip3:abc8:intervalle12:min intervali-1e"
                                + "5:peersi5e6:peers6le10:tracker idi5ee");
        assertThat(answer.counts()).isEqualTo(Outcome.Counts.UNKNOWN);
        assertThat(answer.seconds()).isEqualTo(new Outcome.Intervals(-1, -1));
        assertThat(answer.externalAddress()).isEmpty();
        assertThat(answer.peers()).isEmpty();
    }

    @Test
    void boundsThePeersOfOneAnswer() {
        String many = "\u0001\u0002\u0003\u0004\u0005\u0006".repeat(100_000);
        assertThat(answer("d5:peers" + many.length() + ":" + many + "e").peers())
                .hasSize(AnnounceParser.MAX_PEERS);
        String names = "d2:ip1:x4:porti9ee".repeat(5000);
        assertThat(answer("d5:peersl" + names + "ee").namedPeers())
                .hasSize(AnnounceParser.MAX_NAMES);
    }

    @Test
    void leavesOutAddressesThatAreNoPeers() {
        String peers =
                "\u0000\u0000\u0000\u0000\u0005\u0006" // unspecified
                        + "\u00e0\u0000\u0000\u0001\u0005\u0006" // multicast
                        + "\u0001\u0002\u0003\u0004\u0000\u0000" // port 0
                        + "\u0001\u0002\u0003\u0004\u0000\u0001";
        assertThat(answer("d5:peers24:" + peers + "e").peers()).hasSize(1);
    }

    @Test
    void tellsWhenAFailingTrackerWantsToBeAskedAgain() {
        assertThat(parse("d14:failure reason1:x8:retry in5:nevere"))
                .isEqualTo(new Outcome.Failure("x", -1, true));
        assertThat(parse("d14:failure reason1:x8:retry ini5ee"))
                .isEqualTo(new Outcome.Failure("x", 300, false));
        assertThat(parse("d14:failure reason1:x12:min intervali7ee"))
                .isEqualTo(new Outcome.Failure("x", 7, false));
        assertThat(parse("d14:failure reason1:x8:retry ini9223372036854775807ee"))
                .isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void shortensLongMessages() {
        Outcome outcome = parse("d14:failure reason9000:" + "x".repeat(9000) + "e");
        assertThat(((Outcome.Failure) outcome).message()).hasSize(256);
    }

    @Test
    void survivesBrokenAnswers() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good =
                ("d8:completei3e8:intervali6e5:peersld2:ip7:1.2.3.44:porti80eee6:peers618:"
                                + "x".repeat(18)
                                + "e")
                        .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            assertThat(AnnounceParser.announce(bad)).isNotNull();
            assertThat(AnnounceParser.scrape(bad, Specs.SWARM)).isNotNull();
        }
    }

    @Test
    void survivesBrokenHttp() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nd0:e\r\n0\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                new HttpReader(new ByteArrayInputStream(bad), 1000).read();
                understood++;
            } catch (TrackerException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(understood).isPositive();
    }

    /**
     * Our own answers, which {@code itest/vectors/make.py} makes, and those that other projects
     * have recorded, where these are at hand.
     */
    @Test
    void agreesWithOthersOnTheirAnswers() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> vectors = new ArrayList<>();
        try (InputStream own = AnnounceParserTest.class.getResourceAsStream("answers.json")) {
            json.readTree(own).forEach(vectors::add);
        }
        assertThat(vectors).hasSizeGreaterThan(5);
        Path others = vectors().resolve("cases").resolve("tracker_responses.json");
        if (Files.exists(others)) {
            json.readTree(others.toFile()).forEach(vectors::add);
        }
        for (JsonNode vector : vectors) {
            byte[] body = HexFormat.of().parseHex(vector.get("body_hex").asText());
            if (vector.get("kind").asText().equals("http-scrape")) {
                checkScrape(body, vector.get("expect"));
            } else {
                check(AnnounceParser.announce(body), vector);
            }
        }
    }

    private static Path vectors() {
        return Optional.ofNullable(System.getenv("BITTERN_VECTORS"))
                .map(Path::of)
                .orElseGet(AnnounceParserTest::vectorsBesideTheRepository);
    }

    private static Path vectorsBesideTheRepository() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, path -> path.getParent() != null, Path::getParent)
                .map(path -> path.resolve("shared").resolve("vectors"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(here);
    }

    private static void check(Outcome outcome, JsonNode vector) {
        JsonNode expected = vector.get("expect");
        if (!vector.get("outcome").asText().equals("valid")) {
            return; // projects differ there; to have come back is all
        }
        Outcome.Answer answer = (Outcome.Answer) outcome;
        if (expected.has("peers")) {
            List<String> peers = new ArrayList<>();
            answer.peers()
                    .forEach(p -> peers.add(p.getAddress().getHostAddress() + ":" + p.getPort()));
            answer.namedPeers().forEach(peer -> peers.add(peer.toString()));
            List<String> wanted = new ArrayList<>();
            expected.get("peers").forEach(peer -> wanted.add(peer.asText()));
            assertThat(peers).isEqualTo(wanted);
        }
        if (expected.has("interval")) {
            assertThat(answer.seconds().interval()).isEqualTo(expected.get("interval").asLong());
        }
        if (expected.has("min_interval")) {
            assertThat(answer.seconds().least()).isEqualTo(expected.get("min_interval").asLong());
        }
        if (expected.has("complete")) {
            assertThat(answer.counts().seeders()).isEqualTo(expected.get("complete").asInt());
        }
        if (expected.has("warning")) {
            assertThat(answer.warning()).isEqualTo(expected.get("warning").asText());
        }
        if (expected.has("external_ip")) {
            assertThat(answer.externalAddress())
                    .hasValue(InetAddress.ofLiteral(expected.get("external_ip").asText()));
        }
    }

    private static void checkScrape(byte[] body, JsonNode expected) {
        if (expected.has("rows")) {
            expected.get("rows")
                    .properties()
                    .forEach(row ->
                            assertThat(scraped(body, row.getKey()))
                                    .hasValue(
                                            new Outcome.Counts(
                                                    row.getValue().get(0).asInt(),
                                                    row.getValue().get(1).asInt(),
                                                    row.getValue().get(2).asInt())));
        } else {
            assertThat(scraped(body, "61".repeat(20))).hasValue(new Outcome.Counts(1, 2, 3));
        }
    }

    private static Optional<Outcome.Counts> scraped(byte[] body, String swarm) {
        return AnnounceParser.scrape(body, HexFormat.of().parseHex(swarm));
    }
}
