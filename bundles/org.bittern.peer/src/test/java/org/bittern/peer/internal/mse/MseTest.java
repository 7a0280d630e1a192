package org.bittern.peer.internal.mse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.peer.internal.fake.Frames.hex;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.peer.internal.fake.Vectors;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two sides of MSE against each other, against recorded bytes and against noise. */
@Timeout(60)
class MseTest {
    private static final byte[] TORRENT = hex("2c6b6858d61da9543d4231a71db4b1c9264b0685");
    private static final byte[] INITIAL = "a handshake".getBytes(StandardCharsets.US_ASCII);

    private final Random random = new Random(42);
    private final DhKeys ours = DhKeys.random(random);
    private final DhKeys theirs = DhKeys.random(random);
    private final byte[] secret = ours.secret(theirs.publicKey()).orElseThrow();

    private MseResponder responder(EncryptionPolicy policy, byte[]... torrents) {
        return new MseResponder(theirs, secret, only(torrents), policy, random);
    }

    private static MseResponder.Torrents only(byte[]... torrents) {
        return name ->
                Arrays.stream(torrents)
                        .filter(torrent -> Arrays.equals(MseHashes.req2(torrent), name))
                        .findFirst()
                        .orElse(null);
    }

    private MseInitiator initiator(EncryptionPolicy policy) {
        return new MseInitiator(ours, TORRENT, policy, random);
    }

    private static byte[] afterKey(byte[] hello) {
        return Arrays.copyOfRange(hello, DhKeys.BYTES, hello.length);
    }

    @Test
    void bothSidesComputeTheSameSecret() {
        for (int i = 0; i < 50; i++) {
            DhKeys one = DhKeys.random(random);
            DhKeys other = DhKeys.random(random);
            assertThat(one.publicKey()).hasSize(DhKeys.BYTES);
            assertThat(one.secret(other.publicKey()).orElseThrow())
                    .hasSize(DhKeys.BYTES)
                    .isEqualTo(other.secret(one.publicKey()).orElseThrow());
        }
    }

    @Test
    void refusesKeysThatLeaveNoSecret() {
        byte[] key = new byte[DhKeys.BYTES];
        assertThat(ours.secret(key)).as("0").isEmpty();
        key[95] = 1;
        assertThat(ours.secret(key)).as("1").isEmpty();
        byte[] prime =
                hex(
                        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B"
                                + "139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
                                + "E485B576625E7EC6F44C42E9A63A36210000000000090563");
        assertThat(ours.secret(prime)).as("P").isEmpty();
        prime[95]--;
        assertThat(ours.secret(prime)).as("P - 1").isEmpty();
        prime[95]--;
        assertThat(ours.secret(prime)).as("P - 2").isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "BOTH, BOTH, false",
        "BOTH, RC4_ONLY, true",
        "RC4_ONLY, BOTH, true",
        "RC4_ONLY, RC4_ONLY, true"
    })
    void agreeOnPlaintextWhereBothAllowIt(
            EncryptionPolicy dialling, EncryptionPolicy dialled, boolean rc4) {
        for (int round = 0; round < 20; round++) {
            MseInitiator initiator = initiator(dialling);
            MseResponder responder = responder(dialled, new byte[20], TORRENT);
            ByteBuffer toB =
                    ByteBuffer.wrap(
                            Frames.join(
                                    afterKey(initiator.hello()),
                                    initiator.proof(secret, INITIAL),
                                    hex("0102")));
            MseOutcome.Agreed b = (MseOutcome.Agreed) responder.read(toB);
            assertThat(toB.remaining()).as("payload that follows").isEqualTo(2);
            assertThat(b.initial()).isEqualTo(INITIAL);
            assertThat(b.infoHash()).isEqualTo(TORRENT);
            ByteBuffer toA =
                    ByteBuffer.wrap(
                            Frames.join(afterKey(responder.hello()), b.reply(), hex("030405")));
            MseOutcome.Agreed a = (MseOutcome.Agreed) initiator.read(toA);
            assertThat(toA.remaining()).isEqualTo(3);
            assertThat(a.encryption() != null).isEqualTo(rc4);
            assertThat(b.encryption() != null).isEqualTo(rc4);
            if (a.encryption() != null && b.encryption() != null) {
                assertThat(crossed(a.encryption(), b.decryption())).isEqualTo(INITIAL);
                assertThat(crossed(b.encryption(), a.decryption())).isEqualTo(INITIAL);
            }
        }
    }

    private static byte[] crossed(Rc4 out, @Nullable Rc4 in) {
        byte[] sealed = out.apply(INITIAL.clone());
        assertThat(sealed).isNotEqualTo(INITIAL);
        return in == null ? sealed : in.apply(sealed);
    }

    @Test
    void readsByteByByte() {
        MseInitiator initiator = initiator(EncryptionPolicy.RC4_ONLY);
        MseResponder responder = responder(EncryptionPolicy.BOTH, TORRENT);
        byte[] toB = Frames.join(afterKey(initiator.hello()), initiator.proof(secret, INITIAL));
        MseOutcome.Agreed b = slowly(toB, responder::read);
        byte[] toA = Frames.join(afterKey(responder.hello()), b.reply());
        slowly(toA, initiator::read);
    }

    private static MseOutcome.Agreed slowly(byte[] bytes, Function<ByteBuffer, MseOutcome> reader) {
        ByteBuffer in = ByteBuffer.allocate(Mse.BUFFER_BYTES);
        MseOutcome outcome = MseOutcome.MORE;
        for (byte one : bytes) {
            assertThat(outcome).isEqualTo(MseOutcome.MORE);
            in.put(one);
            outcome = reader.apply(in.flip());
            in.compact();
        }
        return (MseOutcome.Agreed) outcome;
    }

    @Test
    void refusesATorrentThatIsNotHere() {
        MseInitiator initiator = initiator(EncryptionPolicy.BOTH);
        initiator.hello();
        MseOutcome outcome =
                responder(EncryptionPolicy.BOTH, new byte[20])
                        .read(ByteBuffer.wrap(initiator.proof(secret, INITIAL)));
        assertThat(outcome).isEqualTo(new MseOutcome.Refused("no such torrent"));
    }

    @Test
    void refusesMethodsThatAreNotAllowed() {
        MseInitiator plain = initiator(EncryptionPolicy.PLAINTEXT_ONLY);
        MseOutcome outcome =
                responder(EncryptionPolicy.RC4_ONLY, TORRENT)
                        .read(ByteBuffer.wrap(plain.proof(secret, INITIAL)));
        assertThat(outcome)
                .isEqualTo(new MseOutcome.Refused("MSE offers methods 1, allowed are 2"));
        MseInitiator strict = initiator(EncryptionPolicy.RC4_ONLY);
        strict.proof(secret, INITIAL);
        assertThat(strict.read(answer(1, 0)))
                .isEqualTo(new MseOutcome.Refused("MSE selected method 1"));
        MseInitiator open = initiator(EncryptionPolicy.BOTH);
        open.proof(secret, INITIAL);
        assertThat(open.read(answer(3, 0)))
                .isEqualTo(new MseOutcome.Refused("MSE selected method 3"));
    }

    private ByteBuffer answer(int selected, int pad) {
        byte[] plain =
                ByteBuffer.allocate(14).putInt(8, selected).putShort(12, (short) pad).array();
        return ByteBuffer.wrap(MseHashes.cipherB(secret, TORRENT).apply(plain));
    }

    @Test
    void refusesLongPadsAndPayloads() {
        MseInitiator initiator = initiator(EncryptionPolicy.BOTH);
        initiator.proof(secret, INITIAL);
        assertThat(initiator.read(answer(2, 513)))
                .isEqualTo(new MseOutcome.Refused("MSE pad of 513 bytes"));
        MseInitiator talker = initiator(EncryptionPolicy.BOTH);
        assertThat(
                        responder(EncryptionPolicy.BOTH, TORRENT)
                                .read(ByteBuffer.wrap(talker.proof(secret, new byte[513]))))
                .isEqualTo(new MseOutcome.Refused("MSE payload of 513 bytes"));
    }

    @Test
    void givesUpWhenThePadGoesOnForTooLong() {
        MseResponder responder = responder(EncryptionPolicy.BOTH, TORRENT);
        assertThat(responder.read(ByteBuffer.allocate(512 + 19))).isEqualTo(MseOutcome.MORE);
        assertThat(responder.read(ByteBuffer.allocate(512 + 20)))
                .isInstanceOf(MseOutcome.Refused.class);
        MseInitiator initiator = initiator(EncryptionPolicy.BOTH);
        assertThatThrownBy(() -> initiator.read(ByteBuffer.allocate(10)))
                .isInstanceOf(IllegalStateException.class);
        initiator.proof(secret, INITIAL);
        assertThat(initiator.read(ByteBuffer.allocate(512 + 7))).isEqualTo(MseOutcome.MORE);
        assertThat(initiator.read(ByteBuffer.allocate(512 + 8)))
                .isInstanceOf(MseOutcome.Refused.class);
    }

    @Test
    void noiseNeverThrows() {
        long seed = new Random().nextLong();
        Random noise = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] bytes =
                    Frames.join(
                            MseHashes.req1(secret),
                            MseHashes.xor(MseHashes.req2(TORRENT), MseHashes.req3(secret)),
                            new byte[noise.nextInt(600)]);
            for (int change = noise.nextInt(3); change > 0; change--) {
                bytes[noise.nextInt(bytes.length)] ^= (byte) (1 + noise.nextInt(255));
            }
            MseOutcome outcome =
                    responder(EncryptionPolicy.BOTH, TORRENT).read(ByteBuffer.wrap(bytes));
            assertThat(outcome)
                    .as("seed %d, round %d", seed, i)
                    .isNotInstanceOf(MseOutcome.Agreed.class);
        }
    }

    /** One of our own that Python has computed, and a recorded one where that is at hand. */
    @Test
    void acceptsTheHandshakesOfOthers() throws IOException {
        accepts(Vectors.own("mse.json"));
        Optional<Path> recorded = Vectors.others("cases/mse_recorded.json");
        if (recorded.isPresent()) {
            accepts(Files.readString(recorded.get()));
        }
    }

    private void accepts(String json) {
        DhKeys keys = DhKeys.of(field(json, "our_private_key_hex"));
        assertThat(keys.publicKey()).isEqualTo(field(json, "our_public_key_hex"));
        byte[] recorded = keys.secret(field(json, "peer_Ya_hex")).orElseThrow();
        assertThat(recorded).isEqualTo(field(json, "S_hex"));
        byte[] rest = field(json, "peer_rest_hex");
        MseResponder responder =
                new MseResponder(
                        keys,
                        recorded,
                        only(new byte[20], field(json, "info_hash")),
                        EncryptionPolicy.BOTH,
                        random);
        MseOutcome.Agreed agreed = (MseOutcome.Agreed) responder.read(ByteBuffer.wrap(rest));
        assertThat(agreed.initial()).isEqualTo(field(json, "ia_hex"));
        assertThat(agreed.decryption()).as("it offers RC4 only").isNotNull();
        MseResponder stranger =
                new MseResponder(keys, recorded, only(new byte[20]), EncryptionPolicy.BOTH, random);
        assertThat(stranger.read(ByteBuffer.wrap(rest))).isInstanceOf(MseOutcome.Refused.class);
    }

    private static byte[] field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\": \"([0-9a-f]+)\"").matcher(json);
        assertThat(matcher.find()).as(name).isTrue();
        return HexFormat.of().parseHex(matcher.group(1));
    }
}
