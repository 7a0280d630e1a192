package org.bittern.peer.internal.mse;

import org.jspecify.annotations.Nullable;

/** How far a handshake has come. */
public sealed interface MseOutcome {

    /** It waits for bytes. */
    record More() implements MseOutcome {}

    /**
     * It came to nothing.
     *
     * @param reason one line
     */
    record Refused(String reason) implements MseOutcome {}

    /**
     * It is done; what follows in the input is payload that is still encrypted.
     *
     * @param reply to be sent as it is, empty on the side that dialled
     * @param initial payload that came with the handshake, decrypted; empty on the side that
     *     dialled
     * @param infoHash the torrent that the keys belong to
     * @param decryption of payload that arrives, null when plaintext was selected
     * @param encryption of payload that goes out, null when plaintext was selected
     */
    record Agreed(
            byte[] reply,
            byte[] initial,
            byte[] infoHash,
            @Nullable Rc4 decryption,
            @Nullable Rc4 encryption)
            implements MseOutcome {}

    /** The one value of its kind. */
    MseOutcome MORE = new More();
}
