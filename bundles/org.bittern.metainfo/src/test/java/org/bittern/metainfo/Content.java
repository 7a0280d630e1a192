package org.bittern.metainfo;

/** File content for tests. */
final class Content {
    private static final int CYCLE = 251; // a prime: no two blocks are alike

    private Content() {}

    /** Byte i is i modulo 251. */
    static byte[] cyclic(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % CYCLE);
        }
        return bytes;
    }
}
