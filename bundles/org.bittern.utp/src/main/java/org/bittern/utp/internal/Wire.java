package org.bittern.utp.internal;

import java.nio.ByteBuffer;

/** Where the packets of one stream go. Owned as the stream is. */
interface Wire {
    /** Sends a datagram, or drops it as the network may. */
    void send(ByteBuffer datagram);

    /**
     * The same, but nobody may cut it into pieces.
     *
     * @return false when it is too large to leave this machine so, or that cannot be asked for
     */
    boolean sendUncut(ByteBuffer datagram);
}
