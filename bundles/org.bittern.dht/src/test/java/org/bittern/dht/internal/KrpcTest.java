package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KrpcTest {
    private static final List<String> CAUGHT =
            List.of("find_node_request.bin", "find_node_response_2.bin", "get_peers_request_0.bin");

    /** A reply of our own making in the form of the caught ones. */
    @Test
    void readsAndWritesAReplyWithNodesAndTheAskersAddress() {
        String node = "mnopqrstuvwxyz123456" + "\u0005\u0006\u0007\u0008\u001a\u00e1";
        String text =
                "d2:ip6:abcdef1:rd2:id20:abcdefghij01234567895:nodes52:"
                        + node
                        + node
                        + "e1:t2:\u0000\u00051:v4:LT\u0001\u00021:y1:re";
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Krpc.Reply reply = (Krpc.Reply) Krpc.parse(ByteBuffer.wrap(bytes)).orElseThrow();
        assertThat(reply.seen()).isEqualTo(BString.of("abcdef"));
        assertThat(Family.V4.nodes(reply.values().string("nodes").orElseThrow(), 16))
                .hasSize(2)
                .allMatch(contact -> contact.address().toString().equals("/5.6.7.8:6881"));
        assertThat(new String(reply.encode(), StandardCharsets.ISO_8859_1))
                .isEqualTo(text.replace("1:v4:LT\u0001\u0002", ""));
    }

    @Test
    void readsAndWritesTheQueryOfBep5() {
        String text =
                "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e"
                        + "1:q9:get_peers1:t2:aa1:y1:qe";
        Krpc.Query query = (Krpc.Query) parse(text).orElseThrow();
        assertThat(query.method()).isEqualTo("get_peers");
        assertThat(query.readOnly()).isFalse();
        assertThat(new String(query.encode(), StandardCharsets.ISO_8859_1)).isEqualTo(text);
    }

    @Test
    void readsThePeersOfTheReplyOfBep5() {
        Krpc.Reply reply =
                (Krpc.Reply)
                        parse(
                                        "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:values"
                                                + "l6:axje.u6:idhtnmee1:t2:aa1:y1:re")
                                .orElseThrow();
        BList values = reply.values().list("values").orElseThrow();
        assertThat(Family.peer((BString) values.get(0)).orElseThrow())
                .hasToString("/97.120.106.101:11893");
        assertThat(Family.peer((BString) values.get(1)).orElseThrow())
                .hasToString("/105.100.104.116:28269");
    }

    @Test
    void readsTheErrorOfBep5AndReadsAndWritesTheFlagOfBep43() {
        assertThat(parse("d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee").orElseThrow())
                .isInstanceOfSatisfying(
                        Krpc.Failure.class, failure -> assertThat(failure.code()).isEqualTo(201));
        String text = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping2:roi1e1:t2:aa1:y1:qe";
        Krpc.Query query = (Krpc.Query) parse(text).orElseThrow();
        assertThat(query.readOnly()).isTrue();
        assertThat(new String(query.encode(), StandardCharsets.ISO_8859_1)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "d",
                "de",
                "le",
                "i1e",
                "d1:ade1:q4:ping1:y1:qe",
                "d1:ade1:q4:ping1:t0:1:y1:qe",
                "d1:ai1e1:q4:ping1:t2:aa1:y1:qe",
                "d1:ade1:qi1e1:t2:aa1:y1:qe",
                "d1:rle1:t2:aa1:y1:re",
                "d1:t2:aa1:y1:xe",
                "d1:y1:q1:t2:aa1:q4:ping1:adee",
                "d1:ade1:q4:ping1:t2:aa1:y1:qeX"
            })
    void refusesWhatIsNoMessage(String text) {
        assertThat(parse(text)).isEmpty();
    }

    @Test
    void refusesDeepAndLongMessages() {
        assertThat(parse("d1:rd1:x" + "l".repeat(900) + "e".repeat(900) + "e1:t2:aa1:y1:re"))
                .isEmpty();
        assertThat(parse("d1:rd1:x2500:" + "x".repeat(2500) + "e1:t2:aa1:y1:re")).isEmpty();
        assertThat(parse("d1:rde1:t40:" + "x".repeat(40) + "1:y1:re")).isEmpty();
    }

    @Test
    void takesAnyDamageOfAMessageWithoutAnException() {
        long seed = 7;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good =
                "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe"
                        .getBytes(StandardCharsets.ISO_8859_1);
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            understood += Krpc.parse(ByteBuffer.wrap(bad)).isPresent() ? 1 : 0;
        }
        assertThat(understood).isBetween(1, 19_999);
    }

    /** Of our own making, and caught ones where the vectors of other projects are at hand. */
    @Test
    void writesMessagesOfOthersAsTheyWere() throws IOException {
        String id = "2:id20:abcdefghij0123456789";
        String node = "mnopqrstuvwxyz123456" + "\u0005\u0006\u0007\u0008\u001a\u00e1";
        List<String> own =
                List.of(
                        "d1:ad"
                                + id
                                + "6:target20:mnopqrstuvwxyz123456e1:q9:find_node"
                                + "1:t2:\u0000\u00ff1:y1:qe",
                        "d2:ip6:abcdef1:rd"
                                + id
                                + "5:nodes416:"
                                + node.repeat(16)
                                + "e1:t2:\u0000\u00ff1:y1:re",
                        "d1:ad"
                                + id
                                + "9:info_hash20:mnopqrstuvwxyz1234566:noseedi1e"
                                + "4:wantl2:n42:n6ee1:q9:get_peers1:t4:\u0000\u0001\u0002\u00031:y1:qe");
        for (String text : own) {
            writesAsItWas(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        Path folder = vectors().resolve("ikatson_rqbit");
        if (Files.isDirectory(folder)) {
            for (String name : CAUGHT) {
                writesAsItWas(Files.readAllBytes(folder.resolve(name)));
            }
        }
    }

    private static void writesAsItWas(byte[] datagram) {
        Krpc message = Krpc.parse(ByteBuffer.wrap(datagram)).orElseThrow();
        assertThat(message.encode()).isEqualTo(datagram);
        if (message instanceof Krpc.Reply reply) {
            BString nodes = reply.values().string("nodes").orElseThrow();
            List<Contact> contacts = Family.V4.nodes(nodes, 16);
            assertThat(contacts).hasSize(16);
            assertThat(Family.V4.nodes(contacts)).isEqualTo(nodes);
            assertThat(Family.peer(reply.seen())).isPresent();
        } else {
            Krpc.Query query = (Krpc.Query) message;
            assertThat(NodeId.read(query.arguments().string("id").orElseThrow())).isPresent();
        }
    }

    private static Path vectors() {
        Path here = Path.of("").toAbsolutePath();
        return Optional.ofNullable(System.getenv("BITTERN_VECTORS"))
                .map(Path::of)
                .or(() ->
                        Stream.iterate(here, path -> path.getParent() != null, Path::getParent)
                                .map(path -> path.resolve("shared").resolve("vectors"))
                                .filter(Files::isDirectory)
                                .findFirst())
                .orElse(here);
    }

    private static Optional<Krpc> parse(String text) {
        return Krpc.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
