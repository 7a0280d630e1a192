package org.bittern.peer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.ExtendedHandshake;
import org.bittern.spi.peer.PeerMessage.PexPeer;

/** What one side encodes, the other decodes to the same. */
class MessageRoundTripTest {
    private static final int PIECES = 1_000;

    @Property(tries = 1_000)
    void everyMessageComesBackAsItWas(@ForAll("messages") PeerMessage message) {
        assertThat(decoded(message)).usingRecursiveComparison().isEqualTo(message);
    }

    @Property(tries = 300)
    void ourExtensionHandshakeNamesWhatWeSpeakAndDoNotWithhold(
            @ForAll("hellos") ExtendedHandshake hello) {
        ExtendedHandshake got = (ExtendedHandshake) decoded(hello);
        assertThat(got)
                .usingRecursiveComparison()
                .ignoringFields("extensions", "withheld")
                .isEqualTo(hello);
        Set<String> names =
                Set.of(Extension.values()).stream()
                        .map(Extension::wireName)
                        .filter(name -> !hello.withheld().contains(name))
                        .collect(Collectors.toSet());
        assertThat(got.extensions().keySet()).isEqualTo(names);
    }

    private static PeerMessage decoded(PeerMessage message) {
        byte[] frame = Frames.encode(message, Frames.ALL, PIECES);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int length = bytes.getInt();
        assertThat(length).isEqualTo(bytes.remaining()).isPositive();
        int id = bytes.get();
        MessageDecoder decoder = new MessageDecoder(Frames.ALL, PIECES, List.of());
        assertThat(decoder.refusal(id, length)).isNull();
        Decoded decoded = decoder.decode(id, bytes);
        assertThat(decoded).isInstanceOf(Decoded.Message.class);
        return ((Decoded.Message) decoded).message();
    }

    @Provide
    Arbitrary<PeerMessage> messages() {
        return Arbitraries.oneOf(plain(), blocks(), hashes(), metadata(), pex(), others());
    }

    private static Arbitrary<Integer> piece() {
        return Arbitraries.integers().between(0, PIECES - 1);
    }

    private static Arbitrary<Integer> number() {
        return Arbitraries.integers().between(0, Integer.MAX_VALUE);
    }

    private static Arbitrary<byte[]> bytes(int least, int most) {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(least).ofMaxSize(most);
    }

    private static Arbitrary<PeerMessage> plain() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        new PeerMessage.Choke(),
                        new PeerMessage.Unchoke(),
                        new PeerMessage.Interested(),
                        new PeerMessage.NotInterested(),
                        new PeerMessage.HaveAll(),
                        new PeerMessage.HaveNone()),
                piece().map(PeerMessage.Have::new),
                piece().map(PeerMessage.Suggest::new),
                piece().map(PeerMessage.AllowedFast::new),
                bytes(PIECES / 8, PIECES / 8).map(PeerMessage.Pieces::new),
                Arbitraries.integers().between(1, 65_535).map(PeerMessage.DhtPort::new));
    }

    private static Arbitrary<PeerMessage> blocks() {
        Arbitrary<Integer> begin = Arbitraries.integers().between(0, 256 << 20);
        Arbitrary<Integer> length = Arbitraries.integers().between(1, WireLimits.MAX_REQUEST_BYTES);
        return Arbitraries.oneOf(
                Combinators.combine(piece(), begin, length).as(PeerMessage.Request::new),
                Combinators.combine(piece(), begin, length).as(PeerMessage.Cancel::new),
                Combinators.combine(piece(), begin, length).as(PeerMessage.Reject::new));
    }

    private static Arbitrary<PeerMessage> hashes() {
        Arbitrary<byte[]> hash = bytes(32, 32);
        return Arbitraries.oneOf(
                Combinators.combine(hash, number(), number(), number(), number())
                        .as(PeerMessage.HashRequest::new),
                Combinators.combine(hash, number(), number(), number(), number())
                        .as(PeerMessage.HashReject::new),
                Combinators.combine(
                                hash,
                                number(),
                                number(),
                                number(),
                                number(),
                                hash.list().ofMaxSize(40))
                        .as(PeerMessage.Hashes::new));
    }

    private static Arbitrary<PeerMessage> metadata() {
        Arbitrary<Integer> piece = Arbitraries.integers().between(0, 1_920);
        Arbitrary<Long> total = Arbitraries.longs().between(0, WireLimits.MAX_METADATA_BYTES);
        return Arbitraries.oneOf(
                piece.map(PeerMessage.MetadataRequest::new),
                piece.map(PeerMessage.MetadataReject::new),
                Combinators.combine(piece, total, bytes(0, 16_384))
                        .as(PeerMessage.MetadataData::new));
    }

    private static Arbitrary<InetSocketAddress> address(int bytes) {
        Arbitrary<Integer> port = Arbitraries.integers().between(1, 65_535);
        // 32.. keeps IPv6 clear of mapped IPv4 addresses, which Java would shorten
        Arbitrary<int[]> parts =
                Arbitraries.integers().between(32, 255).array(int[].class).ofSize(bytes);
        return Combinators.combine(port, parts).as(Frames::address);
    }

    private static Arbitrary<PeerMessage> pex() {
        Arbitrary<Integer> flags = Arbitraries.integers().between(0, 255);
        Arbitrary<List<PexPeer>> v4 =
                Combinators.combine(address(4), flags).as(PexPeer::new).list().ofMaxSize(50);
        Arbitrary<List<PexPeer>> v6 =
                Combinators.combine(address(16), flags).as(PexPeer::new).list().ofMaxSize(50);
        return Combinators.combine(
                        v4, v6, address(4).list().ofMaxSize(50), address(16).list().ofMaxSize(50))
                .as((a, b, c, d) -> new PeerMessage.Pex(joined(a, b), joined(c, d)));
    }

    private static <T> List<T> joined(List<T> one, List<T> two) {
        return Stream.concat(one.stream(), two.stream()).toList();
    }

    private static Arbitrary<PeerMessage> others() {
        return Arbitraries.oneOf(
                piece().map(PeerMessage.DontHave::new),
                Arbitraries.of(true, false).map(PeerMessage.UploadOnly::new),
                Combinators.combine(
                                Arbitraries.integers().between(0, 2),
                                Arbitraries.oneOf(address(4), address(16)),
                                Arbitraries.integers().between(0, 4))
                        .as(PeerMessage.Holepunch::new));
    }

    @Provide
    Arbitrary<ExtendedHandshake> hellos() {
        return Combinators.combine(
                        Arbitraries.of("ut_pex", "lt_donthave", "none").list().ofMaxSize(2),
                        Arbitraries.strings().alpha().ofMaxLength(WireLimits.MAX_CLIENT_CHARS),
                        Arbitraries.integers().between(1, 65_535).optional(),
                        Arbitraries.longs().between(1, WireLimits.MAX_METADATA_BYTES).optional(),
                        Arbitraries.oneOf(bytes(4, 4), bytes(16, 16)).optional())
                .as(MessageRoundTripTest::hello);
    }

    private static ExtendedHandshake hello(
            List<String> withheld,
            String client,
            Optional<Integer> number,
            Optional<Long> metadata,
            Optional<byte[]> address) {
        OptionalInt optional = number.map(OptionalInt::of).orElse(OptionalInt.empty());
        return new ExtendedHandshake(
                Map.of(),
                withheld,
                client,
                optional,
                optional,
                metadata.map(OptionalLong::of).orElse(OptionalLong.empty()),
                address.isPresent(),
                address);
    }
}
