package org.bittern.lsd.internal;

import java.net.InetAddress;

/** What carries messages to everybody on the local network. */
interface Air extends AutoCloseable {
    /** Who listens. Called on a thread of the air. */
    interface Ear {
        /**
         * A datagram came from somebody on the local network, perhaps from ourselves.
         *
         * @param bytes a copy, at most one more than {@link LsdMessage#MAX_BYTES}
         */
        void heard(byte[] bytes, InetAddress from);
    }

    /** Sends to all groups, soon; what cannot be sent is lost. Never blocks. */
    void send(LsdMessage message);

    /** Ends; the ear hears no more. */
    @Override
    void close();
}
