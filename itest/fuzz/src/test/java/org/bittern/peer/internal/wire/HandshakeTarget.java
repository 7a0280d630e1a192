package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The handshake (BEP 3), byte by byte: what is whole can be told again. */
public final class HandshakeTarget {
    private HandshakeTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(input, Handshake.BYTES));
        int known = Math.min(input.length, Handshake.BYTES);
        for (int count = 0; count <= known; count++) {
            if (!Handshake.plausible(bytes.clear().position(count))) {
                return;
            }
        }
        if (known == Handshake.BYTES) {
            ByteBuffer again =
                    ByteBuffer.wrap(
                            Handshake.encode(
                                    Handshake.features(bytes),
                                    Handshake.infoHash(bytes),
                                    Handshake.peerId(bytes)));
            if (!Handshake.features(again).equals(Handshake.features(bytes))
                    || !Arrays.equals(Handshake.peerId(again), Handshake.peerId(bytes))) {
                throw new AssertionError("another handshake when it is written again");
            }
        }
    }
}
