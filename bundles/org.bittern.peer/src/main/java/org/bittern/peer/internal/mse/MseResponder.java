package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.jspecify.annotations.Nullable;

/** The handshake on the side that was dialled. Owned by the loop; not thread-safe. */
public final class MseResponder {
    private static final int PROVIDE_BYTES = Mse.VC_BYTES + Integer.BYTES + Short.BYTES;

    private final DhKeys keys;
    private final byte[] secret;
    private final Torrents torrents;
    private final int allowed;
    private final RandomGenerator random;
    private final byte[] mark;

    private byte @Nullable []
            infoHash; // null until the peer has named the torrent, like the ciphers
    private @Nullable Rc4 decryption;
    private @Nullable Rc4 encryption;
    private int provided;
    private int padBytes = -1; // -1 until it was read, like the following
    private int initialBytes = -1;

    /** Torrents that a peer may mean. */
    @FunctionalInterface
    public interface Torrents {
        /**
         * The info-hash of one.
         *
         * @param name what the handshake calls it, 20 bytes
         * @return null when there is none
         */
        byte @Nullable [] called(byte[] name);
    }

    /**
     * @param torrents that the peer may mean
     */
    public MseResponder(
            DhKeys keys,
            byte[] secret,
            Torrents torrents,
            EncryptionPolicy policy,
            RandomGenerator random) {
        this.keys = keys;
        this.secret = secret;
        this.torrents = torrents;
        this.random = random;
        allowed = Mse.allowed(policy);
        mark = MseHashes.req1(secret);
    }

    /** The first bytes to send: Yb, PadB. */
    public byte[] hello() {
        byte[] pad = Mse.pad(random);
        return ByteBuffer.allocate(DhKeys.BYTES + pad.length)
                .put(keys.publicKey())
                .put(pad)
                .array();
    }

    /**
     * Reads what comes after Ya.
     *
     * @param in position to limit; its position moves past what was used
     */
    public MseOutcome read(ByteBuffer in) {
        Rc4 inward = decryption;
        if (inward == null) {
            int skipped = Mse.find(mark, in);
            if (skipped < 0 && Mse.overdue(mark, in)) {
                return new MseOutcome.Refused("no proof in the MSE handshake");
            }
            if (skipped < 0 || in.remaining() < skipped + 2 * MseHashes.BYTES) {
                return MseOutcome.MORE;
            }
            in.position(in.position() + skipped + MseHashes.BYTES);
            byte[] masked = new byte[MseHashes.BYTES];
            in.get(masked);
            inward = choose(MseHashes.xor(masked, MseHashes.req3(secret)));
            if (inward == null) {
                return new MseOutcome.Refused("no such torrent");
            }
        }
        return readSealed(in, inward);
    }

    private @Nullable Rc4 choose(byte[] named) {
        byte[] called = torrents.called(named);
        if (called != null) {
            infoHash = called;
            decryption = MseHashes.cipherA(secret, called);
            encryption = MseHashes.cipherB(secret, called);
        }
        return decryption;
    }

    private MseOutcome readSealed(ByteBuffer in, Rc4 inward) {
        if (padBytes < 0) {
            if (in.remaining() < PROVIDE_BYTES) {
                return MseOutcome.MORE;
            }
            ByteBuffer head = Mse.decrypted(in, PROVIDE_BYTES, inward);
            if (head.getLong() != 0) {
                return new MseOutcome.Refused("MSE keys differ");
            }
            provided = head.getInt();
            padBytes = Short.toUnsignedInt(head.getShort());
        }
        if (padBytes > Mse.MAX_PAD_BYTES) {
            return new MseOutcome.Refused("MSE pad of " + padBytes + " bytes");
        }
        if (initialBytes < 0) {
            if (in.remaining() < padBytes + Short.BYTES) {
                return MseOutcome.MORE;
            }
            Mse.decrypted(in, padBytes, inward);
            initialBytes = Short.toUnsignedInt(Mse.decrypted(in, Short.BYTES, inward).getShort());
        }
        if (initialBytes > Mse.MAX_INITIAL_BYTES) {
            return new MseOutcome.Refused("MSE payload of " + initialBytes + " bytes");
        }
        if (in.remaining() < initialBytes) {
            return MseOutcome.MORE;
        }
        return agree(Mse.decrypted(in, initialBytes, inward).array(), inward);
    }

    private MseOutcome agree(byte[] initial, Rc4 inward) {
        Rc4 outward = encryption;
        byte[] torrent = infoHash;
        int common = provided & allowed;
        if (common == 0 || outward == null || torrent == null) {
            return new MseOutcome.Refused(
                    "MSE offers methods %d, allowed are %d".formatted(provided, allowed));
        }
        // Plaintext when both sides allow it: the payload then costs no encryption.
        int selected = (common & Mse.PLAINTEXT) != 0 ? Mse.PLAINTEXT : Mse.RC4;
        byte[] pad = Mse.pad(random);
        ByteBuffer reply = ByteBuffer.allocate(PROVIDE_BYTES + pad.length);
        reply.put(new byte[Mse.VC_BYTES]).putInt(selected).putShort((short) pad.length).put(pad);
        boolean rc4 = selected == Mse.RC4;
        return new MseOutcome.Agreed(
                outward.apply(reply.array()),
                initial,
                torrent,
                rc4 ? inward : null,
                rc4 ? outward : null);
    }
}
