package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A packet that is to be sent or not acked yet. Owned by its {@link SendWindow}. */
final class OutPacket {
    final Header.Type type;
    final int seq;
    final ByteBuffer bytes; // room for the header, then payload; the position is its end
    int sendings;
    long sentNanos; // the last time
    long order; // of the last sending among all of the stream
    int probeBytes; // size of the datagram that this packet tries out, 0 = none
    boolean acked;
    boolean lost; // waits to be sent again
    private @Nullable PacketMemory memory; // null once it is released

    OutPacket(Header.Type type, int seq, PacketMemory memory) {
        this.type = type;
        this.seq = seq;
        this.memory = memory;
        bytes = memory.bytes();
        bytes.position(Header.BYTES);
    }

    int payload() {
        return bytes.position() - Header.BYTES;
    }

    /** Under way, as far as we know. */
    boolean inFlight() {
        return sendings > 0 && !acked && !lost;
    }

    /** The datagram, with room for the header. */
    ByteBuffer datagram() {
        return bytes.duplicate().flip();
    }

    /** Gives the memory back; how many bytes that were. */
    int release() {
        PacketMemory held = memory;
        if (held == null) {
            return 0;
        }
        memory = null;
        held.release();
        return held.cost();
    }
}
