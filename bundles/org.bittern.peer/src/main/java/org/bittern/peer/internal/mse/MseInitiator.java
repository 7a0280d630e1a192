package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.jspecify.annotations.Nullable;

/** The handshake on the side that dialled. Owned by the loop; not thread-safe. */
public final class MseInitiator {
    private static final int SELECT_BYTES = Mse.VC_BYTES + Integer.BYTES + Short.BYTES;

    private final DhKeys keys;
    private final byte[] infoHash;
    private final int provided;
    private final RandomGenerator random;
    private @Nullable Rc4 encryption; // null until there is a secret, like the following
    private @Nullable Rc4 decryption;
    private byte @Nullable [] mark; // encrypted VC
    private int selected;
    private int padBytes = -1; // -1 until the answer was read up to PadD

    public MseInitiator(
            DhKeys keys, byte[] infoHash, EncryptionPolicy policy, RandomGenerator random) {
        this.keys = keys;
        this.infoHash = infoHash;
        this.random = random;
        provided = Mse.allowed(policy);
    }

    /** The first bytes to send: Ya, PadA. */
    public byte[] hello() {
        return joined(keys.publicKey(), Mse.pad(random));
    }

    /**
     * What to send once the secret is known.
     *
     * @param initial payload to go with it, encrypted whatever will be selected
     */
    public byte[] proof(byte[] secret, byte[] initial) {
        Rc4 outward = MseHashes.cipherA(secret, infoHash);
        Rc4 inward = MseHashes.cipherB(secret, infoHash);
        encryption = outward;
        decryption = inward;
        mark = inward.apply(new byte[Mse.VC_BYTES]);
        byte[] pad = Mse.pad(random);
        ByteBuffer sealed =
                ByteBuffer.allocate(SELECT_BYTES + pad.length + Short.BYTES + initial.length);
        sealed.put(new byte[Mse.VC_BYTES]).putInt(provided);
        sealed.putShort((short) pad.length).put(pad);
        sealed.putShort((short) initial.length).put(initial);
        byte[] torrent = MseHashes.xor(MseHashes.req2(infoHash), MseHashes.req3(secret));
        return joined(joined(MseHashes.req1(secret), torrent), outward.apply(sealed.array()));
    }

    /**
     * Reads what comes after Yb.
     *
     * @param in position to limit; its position moves past what was used
     */
    public MseOutcome read(ByteBuffer in) {
        Rc4 inward = decryption;
        byte[] answered = mark;
        if (inward == null || answered == null) {
            throw new IllegalStateException("nothing to read before the proof was sent");
        }
        if (padBytes < 0) {
            int skipped = Mse.find(answered, in);
            if (skipped < 0) {
                return Mse.overdue(answered, in)
                        ? new MseOutcome.Refused("no answer to the MSE handshake")
                        : MseOutcome.MORE;
            }
            if (in.remaining() < skipped + SELECT_BYTES) {
                return MseOutcome.MORE;
            }
            in.position(in.position() + skipped + Mse.VC_BYTES);
            ByteBuffer answer = Mse.decrypted(in, SELECT_BYTES - Mse.VC_BYTES, inward);
            selected = answer.getInt();
            padBytes = Short.toUnsignedInt(answer.getShort());
        }
        if (Integer.bitCount(selected) != 1 || (selected & provided) == 0) {
            return new MseOutcome.Refused("MSE selected method " + selected);
        }
        if (padBytes > Mse.MAX_PAD_BYTES) {
            return new MseOutcome.Refused("MSE pad of " + padBytes + " bytes");
        }
        if (in.remaining() < padBytes) {
            return MseOutcome.MORE;
        }
        Mse.decrypted(in, padBytes, inward);
        boolean rc4 = selected == Mse.RC4;
        return new MseOutcome.Agreed(
                new byte[0], new byte[0], infoHash, rc4 ? inward : null, rc4 ? encryption : null);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
    }
}
