package org.bittern.engine.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.bittern.spi.peer.PeerProtocol;

/** An info-hash as it goes over the wire, 20 bytes, as a key of maps. */
record WireHash(long head, long middle, int tail) {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /**
     * @param bytes 20
     */
    static WireHash of(byte[] bytes) {
        if (bytes.length != PeerProtocol.HASH_BYTES) {
            throw new IllegalArgumentException("hash of " + bytes.length + " bytes");
        }
        return new WireHash(
                (long) LONGS.get(bytes, 0), (long) LONGS.get(bytes, 8), (int) INTS.get(bytes, 16));
    }

    byte[] bytes() {
        byte[] bytes = new byte[PeerProtocol.HASH_BYTES];
        LONGS.set(bytes, 0, head);
        LONGS.set(bytes, 8, middle);
        INTS.set(bytes, 16, tail);
        return bytes;
    }
}
