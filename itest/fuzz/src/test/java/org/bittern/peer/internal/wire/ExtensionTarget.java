package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.util.List;

/** Messages of extensions (BEP 10): handshake, metadata, peer exchange, holepunch, lt_donthave. */
public final class ExtensionTarget {
    private static final int PIECES = 100;

    private ExtensionTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return; // refused before, by its length
        }
        ExtensionDecoder decoder = new ExtensionDecoder(List.of());
        decoder.decode(ByteBuffer.wrap(input), 0);
        decoder.decode(ByteBuffer.wrap(input), PIECES);
    }
}
