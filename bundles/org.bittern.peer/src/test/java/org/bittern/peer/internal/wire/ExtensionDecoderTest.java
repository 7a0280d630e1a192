package org.bittern.peer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.ExtendedHandshake;
import org.bittern.spi.peer.PeerMessage.PexPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Extension messages of strangers. */
@Timeout(60)
class ExtensionDecoderTest {
    private final ExtensionDecoder decoder = new ExtensionDecoder(List.of());

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Decoded decode(String payload) {
        return decode(latin(payload));
    }

    private Decoded decode(byte[] payload) {
        return decoder.decode(ByteBuffer.wrap(payload), 100);
    }

    private PeerMessage message(String payload) {
        return ((Decoded.Message) decode(payload)).message();
    }

    @Test
    void readsTheHandshakeOfAWellKnownClient() {
        ExtendedHandshake hello =
                (ExtendedHandshake)
                        message(
                                "\0d12:complete_agoi22934e1:md11:lt_donthavei7e10:share_modei8e"
                                        + "11:upload_onlyi3e12:ut_holepunchi4e11:ut_metadatai2e6:ut_pexi1ee"
                                        + "13:metadata_sizei138876e4:reqqi500e11:upload_onlyi1e"
                                        + "1:v11:qBittorrent6:yourip4:\177\0\0\1e");
        assertThat(hello.extensions())
                .isEqualTo(
                        Map.of(
                                "lt_donthave",
                                7,
                                "share_mode",
                                8,
                                "upload_only",
                                3,
                                "ut_holepunch",
                                4,
                                "ut_metadata",
                                2,
                                "ut_pex",
                                1));
        assertThat(hello.client()).isEqualTo("qBittorrent");
        assertThat(hello.listenPort()).isEqualTo(OptionalInt.empty());
        assertThat(hello.requestQueue()).isEqualTo(OptionalInt.of(500));
        assertThat(hello.metadataBytes()).isEqualTo(OptionalLong.of(138_876));
        assertThat(hello.uploadOnly()).isTrue();
        assertThat(hello.yourAddress().orElseThrow()).isEqualTo(new byte[] {127, 0, 0, 1});
    }

    @Test
    void treatsNonsenseInTheHandshakeAsNotSent() {
        ExtendedHandshake hello =
                (ExtendedHandshake)
                        message(
                                "\0d1:md1:ai-1e1:bi256e1:c1:x1:di0ee1:pi70000e4:reqqi-5e"
                                        + "1:v5:a\nb\0c6:yourip3:abce");
        assertThat(hello.extensions()).isEqualTo(Map.of("d", 0));
        assertThat(hello.listenPort()).isEmpty();
        assertThat(hello.requestQueue()).isEmpty();
        assertThat(hello.client()).isEqualTo("a?b?c");
        assertThat(hello.yourAddress()).isEmpty();
        assertThat(message("\0de")).isInstanceOf(ExtendedHandshake.class);
    }

    @Test
    void boundsWhatAHandshakeMayMakeUsKeep() {
        StringBuilder names = new StringBuilder();
        for (int i = 100; i < 400; i++) {
            names.append("3:").append(i).append("i1e");
        }
        ExtendedHandshake hello =
                (ExtendedHandshake) message("\0d1:md" + names + "e1:v500:" + "x".repeat(500) + "e");
        assertThat(hello.extensions()).hasSize(WireLimits.MAX_EXTENSIONS);
        assertThat(hello.client()).hasSize(WireLimits.MAX_CLIENT_CHARS);
    }

    @ParameterizedTest
    @CsvSource({
        "00, byte 0",
        "0069316565, 'without a dictionary'",
        "0064, 'input ends'",
        "0064313a6d693165, 'input ends'",
        "0164353a6164646564333a61626365, 'each peer has 6'",
        "01693165, 'without a dictionary'",
        "0269316565, 'without a dictionary'",
        "026465, 'piece -1'",
        "03, 'without a value'",
        "0400, '1 bytes'",
        "04000200000000000000, 'address type 2'",
        "0400017f0000010001, 'address type 1'",
        "0700000064, 'piece 100'",
        "07ffffffff, 'piece 4294967295'",
        "07000000, 'it has 4'",
    })
    void refusesMalformedMessages(String bytes, String reason) {
        assertThat(decode(hex(bytes)))
                .isInstanceOfSatisfying(
                        Decoded.Violation.class,
                        refused -> assertThat(refused.reason()).contains(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "0d13:metadata_sizei31457281ee, metadata of 31457281 bytes",
        "0d13:metadata_sizei-1ee, metadata of -1 bytes",
        "2d8:msg_typei1e5:piecei0e10:total_sizei31457281ee, metadata of 31457281 bytes",
        "2d8:msg_typei0e5:piecei1921ee, piece 1921",
        "2d8:msg_typei0e5:piecei99999999999ee, piece 99999999999",
    })
    void refusesMetadataBeyondTheLimit(String text, String reason) {
        byte[] payload = latin(text);
        payload[0] = (byte) (payload[0] - '0');
        assertThat(decode(payload)).isInstanceOf(Decoded.Violation.class);
        assertThat(((Decoded.Violation) decode(payload)).reason()).contains(reason);
    }

    @Test
    void readsMetadataMessages() {
        assertThat(message("\2d8:msg_typei0e5:piecei0ee"))
                .isEqualTo(new PeerMessage.MetadataRequest(0));
        assertThat(message("\2d8:msg_typei2e5:piecei7ee"))
                .isEqualTo(new PeerMessage.MetadataReject(7));
        PeerMessage.MetadataData data =
                (PeerMessage.MetadataData)
                        message("\2d8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx");
        assertThat(data.totalBytes()).isEqualTo(34_256);
        assertThat(data.data()).isEqualTo(latin("xxxxxxxx"));
        assertThat(decode("\2d8:msg_typei9e5:piecei0ee")).isEqualTo(Decoded.IGNORED);
        assertThat(decode("\2d8:msg_typei1e5:piecei0e10:total_sizei34256ee" + "x".repeat(16_385)))
                .isInstanceOf(Decoded.Violation.class);
    }

    @Test
    void readsExchangedPeersOfBothFamilies() {
        byte[] payload =
                join(
                        latin("\1d5:added12:"),
                        hex("01020304 1ae1 05060708 0000"),
                        latin("7:added.f1:\23" + "6:added618:"),
                        hex("20010db8000000000000000000000001 1ae2"),
                        latin("7:dropped6:"),
                        hex("09090909 0001"),
                        latin("e"));
        Decoded.Message decoded = (Decoded.Message) decode(payload);
        assertThat(decoded.message())
                .isEqualTo(
                        new PeerMessage.Pex(
                                List.of(
                                        new PexPeer(Frames.address(6881, 1, 2, 3, 4), 19),
                                        new PexPeer(
                                                Frames.address(
                                                        6882, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0,
                                                        0, 0, 0, 0, 0, 1),
                                                0)),
                                List.of(Frames.address(1, 9, 9, 9, 9))));
    }

    @Test
    void looksAtABoundedNumberOfExchangedPeers() {
        byte[] peers = new byte[6 * 5_000];
        Arrays.fill(peers, (byte) 1);
        byte[] payload = join(latin("\1d5:added30000:"), peers, latin("e"));
        Decoded.Message decoded = (Decoded.Message) decode(payload);
        assertThat(((PeerMessage.Pex) decoded.message()).added()).hasSize(WireLimits.MAX_PEX_PEERS);
    }

    @Test
    void readsHolepunchWithAndWithoutAnError() {
        assertThat(((Decoded.Message) decode(hex("04 02 00 7f000001 1ae1 00000002"))).message())
                .isEqualTo(new PeerMessage.Holepunch(2, Frames.address(6881, 127, 0, 0, 1), 2));
        assertThat(((Decoded.Message) decode(hex("04 00 00 7f000001 1ae1"))).message())
                .isEqualTo(new PeerMessage.Holepunch(0, Frames.address(6881, 127, 0, 0, 1), 0));
        assertThat(decode(hex("04 09 00 7f000001 1ae1"))).isEqualTo(Decoded.IGNORED);
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] model = latin("d8:msg_typei1e5:piecei0e10:total_sizei34256e5:added6:abcdefe");
        for (int i = 0; i < 20_000; i++) {
            byte[] payload = join(new byte[] {(byte) random.nextInt(9)}, model);
            for (int change = random.nextInt(6); change > 0; change--) {
                payload[1 + random.nextInt(model.length)] = (byte) random.nextInt(256);
            }
            assertThat(decode(payload)).as("seed %d, round %d", seed, i).isNotNull();
        }
    }
}
