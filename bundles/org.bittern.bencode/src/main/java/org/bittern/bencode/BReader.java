package org.bittern.bencode;

import java.nio.ByteBuffer;

/**
 * Reads bencode from strangers (BEP 3). The reader keeps its own stack, so that depth is a number
 * and not an accident of the thread's; every limit is checked before memory is reserved for what it
 * bounds. Accepted is only the canonical form of integers and lengths (no leading zeros, no "-0",
 * no "+"), so that two readers cannot see two values; the order of keys is a choice ({@link
 * KeyOrder}). No state, any thread.
 */
public final class BReader {
    private BReader() {}

    /**
     * Reads one value that fills the whole input, keys strictly ascending.
     *
     * @param input not changed and not kept
     * @throws BencodeException if the input is not one bencoded value within {@code limits}
     */
    public static BValue parse(byte[] input, BLimits limits) throws BencodeException {
        return parse(ByteBuffer.wrap(input), limits);
    }

    /**
     * Reads one value that fills the buffer's remaining bytes, keys strictly ascending.
     *
     * @param input its position does not move, its bytes are not kept
     * @throws BencodeException if the input is not one bencoded value within {@code limits}
     */
    public static BValue parse(ByteBuffer input, BLimits limits) throws BencodeException {
        return whole(parsePrefix(input, limits, KeyOrder.STRICT), input.remaining()).value();
    }

    /**
     * Reads one value that fills the buffer's remaining bytes.
     *
     * @param input its position does not move, its bytes are not kept
     * @return the value with its raw bytes
     * @throws BencodeException if the input is not one bencoded value within {@code limits}
     */
    public static BDocument parseDocument(ByteBuffer input, BLimits limits, KeyOrder order)
            throws BencodeException {
        return whole(parsePrefix(input, limits, order), input.remaining());
    }

    /**
     * Reads one value at the start of the buffer's remaining bytes, keys strictly ascending; other
     * bytes may follow it, as the data of a piece follow the dictionary in ut_metadata (BEP 9).
     *
     * @throws BencodeException if the input does not start with a bencoded value within {@code
     *     limits}
     */
    public static BDocument parsePrefix(ByteBuffer input, BLimits limits) throws BencodeException {
        return parsePrefix(input, limits, KeyOrder.STRICT);
    }

    /**
     * Reads one value at the start of the buffer's remaining bytes; other bytes may follow it.
     *
     * @param input its position does not move, its bytes are not kept
     * @return the value, how many bytes it took, and its raw bytes
     * @throws BencodeException if the input does not start with a bencoded value within {@code
     *     limits}
     */
    public static BDocument parsePrefix(ByteBuffer input, BLimits limits, KeyOrder order)
            throws BencodeException {
        int length = input.remaining();
        if (length > limits.maxBytes()) {
            throw new BencodeException(
                    0,
                    "input of %d bytes, at most %d are allowed,"
                            .formatted(length, limits.maxBytes()));
        }
        byte[] copy = new byte[length];
        input.get(input.position(), copy);
        return new BParser(copy, limits, order).document();
    }

    private static BDocument whole(BDocument document, int available) throws BencodeException {
        if (document.length() != available) {
            throw new BencodeException(
                    document.length(),
                    "%d bytes follow the value, none are allowed,"
                            .formatted(available - document.length()));
        }
        return document;
    }
}
