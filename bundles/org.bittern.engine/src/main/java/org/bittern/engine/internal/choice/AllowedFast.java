package org.bittern.engine.internal.choice;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The pieces that a peer may ask for while it is choked, so that it gets something to trade (BEP
 * 6). Computed from the peer's network, so that reconnecting from a neighbouring address gives no
 * other pieces. No state, any thread.
 */
public final class AllowedFast {
    /** How many pieces to allow: the figure of BEP 6. */
    public static final int DEFAULT_COUNT = 10;

    private static final int NETWORK_BYTES = 3;

    private AllowedFast() {}

    /**
     * The allowed-fast set.
     *
     * @param peer address of the peer; for IPv6 BEP 6 defines no set
     * @param wireHash 20 bytes of info-hash
     * @param count how many; as many as there are pieces at most
     * @return distinct piece numbers, empty for IPv6
     * @see <a href="https://www.bittorrent.org/beps/bep_0006.html">BEP 6, "Allowed Fast"</a>
     */
    public static int[] set(InetAddress peer, byte[] wireHash, int pieceCount, int count) {
        if (!(peer instanceof Inet4Address)) {
            return new int[0];
        }
        byte[] network = Arrays.copyOf(Arrays.copyOf(peer.getAddress(), NETWORK_BYTES), 4);
        byte[] seed = Arrays.copyOf(network, network.length + wireHash.length);
        System.arraycopy(wireHash, 0, seed, network.length, wireHash.length);
        int[] set = new int[Math.min(count, pieceCount)];
        int size = 0;
        MessageDigest sha1 = sha1();
        while (size < set.length) {
            seed = sha1.digest(seed);
            ByteBuffer numbers = ByteBuffer.wrap(seed);
            while (numbers.hasRemaining() && size < set.length) {
                int piece = Integer.remainderUnsigned(numbers.getInt(), pieceCount);
                if (!contains(set, size, piece)) {
                    set[size++] = piece;
                }
            }
        }
        return set;
    }

    private static boolean contains(int[] set, int size, int piece) {
        for (int i = 0; i < size; i++) {
            if (set[i] == piece) {
                return true;
            }
        }
        return false;
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
