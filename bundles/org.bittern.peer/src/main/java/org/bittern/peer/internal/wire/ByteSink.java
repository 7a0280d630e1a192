package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;

/** Where frames are written to. */
public interface ByteSink {
    /** Most bytes that {@link #room} can be asked for. */
    int MAX_ROOM = 128;

    /**
     * Room for a small piece of a frame; what is put there counts at once.
     *
     * @param bytes 1 to {@link #MAX_ROOM}
     * @return at least so many bytes remain; valid until the next call
     */
    ByteBuffer room(int bytes);

    /** Appends bytes of any number. */
    void put(byte[] bytes);
}
