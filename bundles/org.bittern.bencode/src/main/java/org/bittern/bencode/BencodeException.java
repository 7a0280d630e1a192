package org.bittern.bencode;

/**
 * The input is not acceptable bencode. The message says what is wrong, where, and what is allowed.
 */
public final class BencodeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    BencodeException(int offset, String message) {
        super(message + " at byte " + offset);
        this.offset = offset;
    }

    /** Where the fault is, in bytes from the start of the input. */
    public int offset() {
        return offset;
    }
}
