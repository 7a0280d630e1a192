package org.bittern.peer.internal.link;

import java.nio.ByteBuffer;

/** One direction of an encrypted link. Owned by the link. */
public interface StreamCipher {
    /**
     * Encrypts or decrypts the next bytes of the stream in place: position to limit, which stay.
     */
    void apply(ByteBuffer bytes);
}
