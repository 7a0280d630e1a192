package org.bittern.bencode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A byte string, {@code <length>:<bytes>}. It often is text in UTF-8, but need not be: keys and
 * paths are compared as bytes. Values that come from one parsed document share that document's
 * private copy of the input; whoever keeps a small string of a large document for long should keep
 * {@code bytes()} instead.
 */
public final class BString implements BValue, Comparable<BString> {
    /** The string of no bytes. */
    public static final BString EMPTY = new BString(new byte[0], 0, 0);

    private static final int SHOWN_CHARS = 64;

    private final byte[] array;
    private final int offset;
    private final int length;

    /**
     * A string of these bytes.
     *
     * @param bytes any bytes; copied
     */
    public BString(byte[] bytes) {
        this(bytes.clone(), 0, bytes.length);
    }

    private BString(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** The UTF-8 form of {@code text}. */
    public static BString of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new BString(bytes, 0, bytes.length);
    }

    /** A string of these bytes, which are copied. */
    public static BString of(byte[] bytes) {
        return new BString(bytes);
    }

    /** A window of an array that nobody changes any more; not copied. */
    static BString shared(byte[] array, int offset, int length) {
        return length == 0 ? EMPTY : new BString(array, offset, length);
    }

    /** Number of bytes, not of characters. */
    public int length() {
        return length;
    }

    /** The byte at {@code index}, which is from 0 to {@code length() - 1}. */
    public byte byteAt(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("byte " + index + " of a string of " + length);
        }
        return array[offset + index];
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** The bytes as a read-only buffer, not copied. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** The bytes read as UTF-8; malformed sequences become U+FFFD. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** The bytes read as UTF-8, or empty if they are not well-formed UTF-8. */
    public Optional<String> strictUtf8() {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(array, offset, length))
                            .toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /** Whether the bytes are those of {@code text} in UTF-8. */
    public boolean is(String text) {
        return compareTo(text.getBytes(StandardCharsets.UTF_8)) == 0;
    }

    /** Byte by byte, as unsigned numbers: the order of dictionary keys (BEP 3). */
    @Override
    public int compareTo(BString other) {
        return Arrays.compareUnsigned(
                array,
                offset,
                offset + length,
                other.array,
                other.offset,
                other.offset + other.length);
    }

    int compareTo(byte[] other) {
        return Arrays.compareUnsigned(array, offset, offset + length, other, 0, other.length);
    }

    void copyTo(byte[] target, int at) {
        System.arraycopy(array, offset, target, at, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BString that
                && Arrays.equals(
                        array,
                        offset,
                        offset + length,
                        that.array,
                        that.offset,
                        that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** For messages: the text if it is printable, hexadecimal if not; shortened. */
    @Override
    public String toString() {
        int shown = Math.min(length, SHOWN_CHARS);
        for (int i = 0; i < shown; i++) {
            byte b = array[offset + i];
            if (b < ' ' || b == 0x7f) {
                return "0x" + HexFormat.of().formatHex(array, offset, offset + shown) + tail(shown);
            }
        }
        return "\""
                + new String(array, offset, shown, StandardCharsets.US_ASCII)
                + "\""
                + tail(shown);
    }

    private String tail(int shown) {
        return shown < length ? "... (" + length + " bytes)" : "";
    }
}
