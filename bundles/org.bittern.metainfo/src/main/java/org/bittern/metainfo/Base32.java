package org.bittern.metainfo;

/** Base32 of RFC 4648 without padding, as old magnet links have it. */
final class Base32 {
    /** Digits of a SHA-1. */
    static final int V1_DIGITS = 32;

    private static final int BITS_PER_DIGIT = 5;

    private Base32() {}

    /**
     * Decodes.
     *
     * @param text digits in any case, a multiple of 8 of them
     * @throws IllegalArgumentException if it holds anything but {@code A-Z2-7}
     */
    static byte[] decode(String text) {
        byte[] bytes = new byte[text.length() * BITS_PER_DIGIT / Byte.SIZE];
        int pending = 0;
        int bits = 0;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            pending = pending << BITS_PER_DIGIT | digit(text.charAt(i));
            bits += BITS_PER_DIGIT;
            if (bits >= Byte.SIZE) {
                bits -= Byte.SIZE;
                bytes[length++] = (byte) (pending >> bits);
            }
        }
        return bytes;
    }

    private static int digit(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        if (c >= '2' && c <= '7') {
            return c - '2' + 26;
        }
        throw new IllegalArgumentException("not a base32 digit: " + c);
    }
}
