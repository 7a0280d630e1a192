package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bittern.fuzz.Parts;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Both sides of the encrypted handshake. A stranger who knows the torrent gets past the first
 * steps, which noise never does: so half of the inputs follow an honest beginning, encrypted.
 */
public final class MseTarget {
    private static final byte[] TORRENT =
            HexFormat.of().parseHex("2c6b6858d61da9543d4231a71db4b1c9264b0685");
    private static final DhKeys KEYS = DhKeys.random(new Random(1));
    private static final byte[] SECRET =
            KEYS.secret(DhKeys.random(new Random(2)).publicKey()).orElseThrow();

    private MseTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        int choice = parts.number();
        boolean honest = (choice & 1) == 0;
        EncryptionPolicy[] policies = EncryptionPolicy.values();
        EncryptionPolicy policy = policies[(choice >> 2) % policies.length];
        int step = 1 + parts.number();
        byte[] rest = parts.rest();
        if ((choice & 2) == 0) {
            MseResponder side =
                    new MseResponder(KEYS, SECRET, MseTarget::called, policy, new Random(3));
            feed(side::read, honest ? asked(rest) : rest, step);
        } else {
            MseInitiator side = new MseInitiator(KEYS, TORRENT, policy, new Random(3));
            side.proof(SECRET, new byte[0]);
            feed(side::read, honest ? answered(rest) : rest, step);
        }
    }

    private static byte @Nullable [] called(byte[] name) {
        return Arrays.equals(name, MseHashes.req2(TORRENT)) ? TORRENT : null;
    }

    /** One side. */
    private interface Side {
        MseOutcome read(ByteBuffer in);
    }

    private static byte[] asked(byte[] rest) {
        byte[] torrent = MseHashes.xor(MseHashes.req2(TORRENT), MseHashes.req3(SECRET));
        byte[] sealed = new byte[Mse.VC_BYTES + rest.length];
        System.arraycopy(rest, 0, sealed, Mse.VC_BYTES, rest.length);
        MseHashes.cipherA(SECRET, TORRENT).apply(sealed);
        byte[] mark = MseHashes.req1(SECRET);
        return ByteBuffer.allocate(mark.length + torrent.length + sealed.length)
                .put(mark)
                .put(torrent)
                .put(sealed)
                .array();
    }

    private static byte[] answered(byte[] rest) {
        byte[] sealed = new byte[Mse.VC_BYTES + rest.length];
        System.arraycopy(rest, 0, sealed, Mse.VC_BYTES, rest.length);
        return MseHashes.cipherB(SECRET, TORRENT).apply(sealed);
    }

    /** What was read and not used comes again, with more. */
    private static void feed(Side side, byte[] bytes, int step) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
            MseOutcome outcome = side.read(in.limit(end));
            if (outcome instanceof MseOutcome.Agreed agreed
                    && !Arrays.equals(agreed.infoHash(), TORRENT)) {
                throw new AssertionError("another torrent");
            }
            if (!(outcome instanceof MseOutcome.More) || end == bytes.length) {
                return;
            }
        }
    }
}
