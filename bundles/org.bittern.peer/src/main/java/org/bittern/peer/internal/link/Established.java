package org.bittern.peer.internal.link;

import org.bittern.peer.internal.mse.Rc4;
import org.bittern.spi.peer.Features;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake has settled.
 *
 * @param peerId 20 bytes, shared
 * @param features what both sides offer
 * @param incoming the peer dialled us
 * @param decryption of what arrives, null for plaintext
 * @param encryption of what goes out, null for plaintext
 */
record Established(
        byte[] peerId,
        Features features,
        boolean incoming,
        @Nullable Rc4 decryption,
        @Nullable Rc4 encryption) {}
